"""`revento deliveries` as people and programs use it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.webhooks import processes, world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until


async def revento(database_url: str, folder: Path, *arguments: str) -> tuple[int, str, str]:
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "revento.cli",
        *arguments,
        env=processes.environ(database_url, folder, ladder="0"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await running.communicate()
    return running.returncode or 0, out.decode(), err.decode()


async def as_json(database_url: str, folder: Path, *arguments: str) -> Any:
    code, out, err = await revento(database_url, folder, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


async def test_deliveries_are_listed_shown_and_replayed(db, con, receiver, database_url, tmp_path) -> None:
    receiver.answers[:] = [500]
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con, 2)
        await until(db, NOTHING_LEFT)
        listed = await as_json(database_url, tmp_path, "deliveries", "list", "--event", con.event_id)
        assert [(one["sequence"], one["state"]) for one in listed] == [(2, "delivered"), (1, "dead")]
        (dead,) = await as_json(
            database_url, tmp_path, "deliveries", "list", "--state", "dead", "--type", "event.updated"
        )
        shown = await as_json(database_url, tmp_path, "deliveries", "show", dead["id"])
        (tried,) = shown["tries"]
        assert (tried["status"], tried["answer"]) == (500, "said the receiver")
        assert tried["headers"]["X-Revento-Signature"] == receiver.got[0].headers["X-Revento-Signature"]
        assert shown["body"].encode() == receiver.got[0].body
        (again,) = (await as_json(database_url, tmp_path, "deliveries", "replay", dead["id"]))["replayed"]
        await receiver.count(3)
        assert (receiver.got[2].id, receiver.got[2].headers["X-Revento-Replay"]) == (again["new_id"], "true")
        assert await as_json(database_url, tmp_path, "deliveries", "resend", dead["id"]) == {"resent": 1}
        await receiver.count(4)
        assert (receiver.got[3].id, receiver.got[3].headers.get("X-Revento-Replay")) == (dead["id"], None)
        code, out, _ = await revento(database_url, tmp_path, "deliveries", "list")
        assert code == 0
        assert dead["id"] in out


async def test_what_cannot_be_done_is_one_line(db, database_url, tmp_path) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for arguments, say in (
        (("show", nobody), f"revento: there is no delivery {nobody}"),
        (("replay", nobody), "revento: there is no such delivery"),
        (("replay",), "revento: name deliveries, or give --integration and --since"),
        (("list", "--state", "lost"), "revento: there is no state lost; choose among ready, sending"),
    ):
        code, out, err = await revento(database_url, tmp_path, "deliveries", *arguments)
        assert code != 0
        assert out == ""
        assert err.startswith(say)
        assert len(err.splitlines()) == 1
