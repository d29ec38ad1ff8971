"""The read API of a running server, read by clients that tools made of its document and by callers who misbehave."""

import asyncio
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from revento.contract import endpoints
from revento.contract.render import openapi
from tests.conftest import cloned
from tests.interop.convention import Readable, badges_token, readable

HERE = Path(__file__).parent
pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
PATIENCE_S = 20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def con(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Readable]:
    """One server for all of them."""
    with cloned(postgres_url) as url:
        async with readable(url, tmp_path_factory.mktemp("api")) as made:
            yield made


async def run(*command: str, cwd: Path, **environ: str) -> str:
    """What a command says; it has to succeed."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=os.environ | environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, out.decode() + err.decode()
    return out.decode()


async def test_a_generated_typescript_client_compiles_and_reads_every_endpoint(con: Readable, tmp_path: Path) -> None:
    installed = HERE / "node_modules"
    (tmp_path / "node_modules").symlink_to(installed)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "reads.ts").write_text((HERE / "reads.ts").read_text())
    tools = installed / ".bin"
    document = f"{con.revento.origin}/api/openapi.json"
    await run(str(tools / "openapi-typescript"), document, "-o", "api.d.ts", cwd=tmp_path)
    strict = ("--strict", "--target", "es2022", "--module", "nodenext", "--types", "node", "--skipLibCheck")
    await run(str(tools / "tsc"), *strict, "reads.ts", cwd=tmp_path)
    get_participant, get_activity = endpoints.BY_NAME["get_participant"], endpoints.BY_NAME["get_activity"]
    ids = con.ids(get_participant) | con.ids(get_activity)
    told = await run(
        *("node", "reads.js"),
        cwd=tmp_path,
        ORIGIN=con.revento.origin,
        INSTALLATION_TOKEN=con.installation_token,
        USER_TOKEN=con.user_token,
        **{name.upper(): id for name, id in ids.items()},
    )
    found = json.loads(told)
    assert set(found["read"]) == {one.name for one in endpoints.ALL}
    assert all(found["read"].values())
    assert (found["day"], found["next"], found["code"]) == ("2026-07-10", None, "installation_token_required")


async def test_a_generated_python_client_reads_every_endpoint(
    con: Readable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = str(Path(sys.executable).with_name("openapi-python-client"))
    config = tmp_path / "config.yml"
    config.write_text("post_hooks: []\n")
    document = f"{con.revento.origin}/api/openapi.json"
    asked = ("generate", "--url", document, "--output-path", "made", "--meta", "none", "--config", str(config))
    told = await run(generator, *asked, cwd=tmp_path)
    assert "Warning" not in told, told
    monkeypatch.syspath_prepend(str(tmp_path))
    made: Any = importlib.import_module("made.client")
    tags = {path: one["get"]["tags"][0].lower() for path, one in openapi.document("")["paths"].items()}
    for endpoint in endpoints.ALL:
        base = f"{con.revento.origin}/api/v1"
        async with made.AuthenticatedClient(base_url=base, token=con.token(endpoint)) as client:
            call: Any = importlib.import_module(f"made.api.{tags[endpoint.path]}.{endpoint.name}")
            answer = await call.asyncio_detailed(client=client, **con.ids(endpoint))
        assert (answer.status_code, type(answer.parsed).__name__) == (200, shape_of(endpoint)), endpoint.name
        same_times = json.dumps(answer.parsed.to_dict()).replace("+00:00", "Z")
        assert json.loads(same_times) == json.loads(answer.content)


def shape_of(endpoint: endpoints.Endpoint) -> str:
    return openapi.list_name(endpoint) if endpoint.is_list else endpoint.shape.__name__


async def test_promise_no_case_that_the_document_allows_or_forbids_breaks_an_endpoint(con: Readable) -> None:
    """A small set, always the same; docs/fuzzing.md says how more of them are sent."""
    told = await run(
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{con.revento.origin}/api/openapi.json", "--exclude-checks", "positive_data_acceptance"),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--seed", "1", "--no-color"),
        cwd=con.revento.log.parent,
        INSTALLATION_TOKEN=con.installation_token,
        USER_TOKEN=con.user_token,
        EVENT_ID=con.event_id,
    )
    tested = re.search(r"Tested: (\d+)", told)
    assert tested is not None, told
    assert int(tested[1]) == len(endpoints.ALL), told


async def test_callers_who_hang_up_leave_their_places_to_others(con: Readable) -> None:
    path = f"/api/v1/events/{con.event_id}/participants"
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {con.installation_token}\r\n\r\n"
    host, _, port = con.revento.origin.removeprefix("http://").partition(":")
    for _ in range(150):  # the operator allows a hundred at a time
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.encode())
        await writer.drain()
        writer.transport.abort()
    async with httpx.AsyncClient(base_url=con.revento.origin, timeout=PATIENCE_S) as client:
        headers = {"authorization": f"Bearer {con.installation_token}"}
        told = await asyncio.gather(*(client.get(path, headers=headers) for _ in range(60)))
    assert {one.status_code for one in told} == {200}


async def found(ask: Any) -> Any:
    """What is there, as soon as it is."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if seen := await ask():
                return seen
            await asyncio.sleep(0.05)


def kill_all(pid: int) -> None:
    """The server and its workers, at once."""
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (pid, *map(int, workers)):
        os.kill(each, signal.SIGKILL)


async def test_a_request_is_found_again_by_its_id_in_the_console_and_survives_a_kill(con: Readable) -> None:
    """The ledger is written while the server runs, twice a second, not when it stops."""
    revento, sent = con.revento, [str(uuid.uuid4()) for _ in range(5)]
    token = await badges_token(revento)
    async with httpx.AsyncClient(base_url=revento.origin) as client:
        for id in sent:
            headers = {"authorization": f"Bearer {token}", "x-revento-request-id": id}
            answer = await client.get(f"/api/v1/events/{revento.con.event_id}", headers=headers)
            assert (answer.status_code, answer.headers["x-revento-request-id"]) == (200, id)

    async def written() -> bool:
        async with revento.db.tx() as tx:
            asked = "SELECT count(*) FROM api_requests WHERE request_id = ANY (%(ids)s::uuid[])"
            return await tx.one(int, asked, ids=sent) == 5

    await found(written)
    async with await revento.browser("Ivo") as browser:
        page = await browser.get(f"/developer/integrations/{revento.con.badges.id}/requests?q={sent[0]}")
    assert (page.status_code, sent[0] in page.text, sent[1] in page.text) == (200, True, False), page.text[:500]
    kill_all(revento.pid)
    assert await written()
