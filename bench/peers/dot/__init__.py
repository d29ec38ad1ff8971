"""django-oauth-toolkit: installed, prepared, served, ended."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
import psycopg
from tests.interop import served
from tests.oauth import given

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
VENV = ROOT / ".cache" / "bench-dot"
INSTALL_S = 180
REDIRECT = "https://badges.example/callback"


class Dot(msgspec.Struct):
    """Where it runs, and how to get at its tables."""

    port: int
    environ: dict[str, str]
    made: given.Verifier

    def prepare(self, callers: int, codes: int, *, hashed: bool = False) -> dict[str, Any]:
        """A client with access and refresh tokens and codes."""
        asked = [str(VENV / "bin/python"), "dot_site.py", "prepare", str(callers), str(codes)]
        done = subprocess.run(
            asked + ["hashed"] * hashed, cwd=HERE, env=self.environ, capture_output=True, check=True, timeout=120
        )
        return json.loads(done.stdout)


def install() -> None:
    """The pinned versions, once."""
    pinned = HERE / "requirements.txt"
    mark = VENV / "installed"
    if mark.exists() and mark.read_text() == pinned.read_text():
        return
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(VENV)], check=True, timeout=INSTALL_S)
    into = ["--python", str(VENV / "bin/python"), "-r", str(pinned)]
    subprocess.run([uv, "pip", "install", "-q", *into], check=True, timeout=INSTALL_S)
    mark.write_text(pinned.read_text())


@asynccontextmanager
async def serving(url: str, *, event_id: str = "") -> AsyncGenerator[Dot]:
    """Two workers of gunicorn on a database of their own, in the same PostgreSQL; pages come out of the product's."""
    await asyncio.to_thread(install)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("CREATE DATABASE dot")
        host, user, pages = connection.info.host, connection.info.user, connection.info.dbname
    made, port = given.proof(), served.free_port()
    own = {"BENCH_PGHOST": host, "BENCH_PGUSER": user, "BENCH_PGDATABASE": "dot", "BENCH_CHALLENGE": made.challenge}
    own |= {"BENCH_PAGES": pages, "BENCH_EVENT": event_id}
    dot = Dot(port, os.environ | own, made)
    await asyncio.to_thread(dot.prepare, 1, 0)
    process = await asyncio.create_subprocess_exec(
        *(str(VENV / "bin/gunicorn"), "-w", "2", "-b", f"127.0.0.1:{port}", "--log-level", "warning"),
        "dot_site:application",
        cwd=HERE,
        env=dot.environ,
    )
    try:
        await _ready(f"http://127.0.0.1:{port}/o/token/", process)
        yield dot
    finally:
        process.terminate()
        await process.wait()


async def _ready(url: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(60):
        while process.returncode is None:
            try:
                if (await client.get(url)).status_code == 405:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError("gunicorn ended by itself")


def refresh_body(client: dict[str, Any]) -> str:
    """A refresh, with the token left open."""
    own = {"grant_type": "refresh_token", "client_id": client["client_id"], "client_secret": client["client_secret"]}
    return urlencode(own) + "&refresh_token={refresh_token}"


def redeem_body(client: dict[str, Any], code: str, made: given.Verifier) -> str:
    """A redemption."""
    own = {"grant_type": "authorization_code", "client_id": client["client_id"]}
    own |= {"client_secret": client["client_secret"], "code": code}
    return urlencode(own | {"redirect_uri": REDIRECT, "code_verifier": made.verifier})
