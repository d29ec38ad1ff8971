"""Deliveries as sent, verified by npm `standardwebhooks` and by the guide's recipe in Node and Python."""

import asyncio
import base64
import importlib.util
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from revento.kernel import ids
from revento.webhooks import signing
from tests.webhooks import world
from tests.webhooks.conftest import con, dispatching, receiver
from tests.webhooks.receivers import Got

__all__ = ["con", "receiver"]

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "guide" / "samples" / "verify.py"
WRONG = "whsec_" + base64.b64encode(b"somebody else's secret, 32 bytes").decode()


async def node(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the Node side says of each delivery."""
    process = await asyncio.create_subprocess_exec(
        *("node", str(HERE / "standardwebhooks.mjs")), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate(json.dumps(asked).encode())
    assert process.returncode == 0
    return json.loads(said)


def case(got: Got, secret: str, *, body: bytes | None = None) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in got.headers.items()}
    raw = got.body if body is None else body
    return {"secret": secret, "headers": headers, "body": base64.b64encode(raw).decode()}


def python_says(case: dict[str, Any]) -> bool:
    """The guide's Python sample."""
    spec = importlib.util.spec_from_file_location("verify_sample", SAMPLE)
    assert spec is not None
    assert spec.loader is not None
    sample = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sample)
    return sample.is_genuine(case["headers"], base64.b64decode(case["body"]), case["secret"])


async def test_the_npm_library_and_the_guides_recipe_verify_every_delivery_through_a_rotation(
    db, con, receiver
) -> None:
    old, new = con.connections[0].secret, signing.new_secret()
    now = datetime.now(UTC)
    async with dispatching(db):
        await world.happen(db, con, title="Früh – 早い")
        await receiver.count(1)
        async with db.tx() as tx:
            await tx.run("UPDATE signing_secrets SET expires_at = %(at)s", at=now + timedelta(days=1))
            await world.add_secret(tx, con.connections[0].client_id, new, ids.new("sig"), at=now + timedelta(seconds=1))
        await world.happen(db, con)
        before, during = await receiver.count(2)
    good = [case(before, old), case(during, old), case(during, new)]
    bad = [case(before, new), case(during, WRONG), case(during, new, body=during.body + b" ")]
    said = await node(good + bad)
    assert said[:3] == [{"standard": "event.updated", "recipe": True}] * 3
    assert said[3:] == [{"standard": "WebhookVerificationError", "recipe": False}] * 3
    assert [python_says(each) for each in good + bad] == [True] * 3 + [False] * 3
