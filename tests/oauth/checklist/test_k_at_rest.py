"""Checklist K: at rest and in logs. Points 69–70."""

import base64
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from revento.kernel.db import Database
from tests.interop import served
from tests.oauth.given import Speaker, basic, proof

TABLES = """
    SELECT table_schema, table_name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
"""


def disguises(secret: str) -> set[str]:
    """How a careless hand might keep it."""
    raw = secret.encode()
    return {
        secret,
        raw.hex(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }


async def everything(badges: Speaker, ada: httpx.AsyncClient, cyd: httpx.AsyncClient) -> set[str]:
    """A whole run; every credential that was seen on the way."""
    code, made = await badges.code(ada)
    first = (await badges.redeem(code, made)).json()
    second = (await badges.refresh(first["refresh_token"])).json()
    user = await badges.tokens(cyd, scope="profile.read")
    unspent, other = await badges.code(ada)
    careless = {"access_token": second["access_token"], "client_secret": badges.registered.client_secret}
    await badges.http.get(f"/api/v1/events/{badges.event_id}", params=careless)
    await badges.http.post("/oauth/token", params=careless | {"refresh_token": second["refresh_token"]}, data={})
    await badges.http.post(
        "/oauth/token",
        data={"grant_type": "refresh_token", "refresh_token": second["refresh_token"] + "x"},
        headers=basic(badges.registered.client_id, badges.registered.client_secret),
    )
    await badges.redeem(unspent, other, code_verifier=proof().verifier)
    session = ada.cookies["revento_session"]
    pairs = {one[name] for one in (first, second, user) for name in ("access_token", "refresh_token")}
    return pairs | {code, unspent, made.verifier, badges.registered.client_secret, session}


async def test_69_a_dump_of_the_database_holds_no_credential(
    badges: Speaker, ada: httpx.AsyncClient, cyd: httpx.AsyncClient, database_url: str
) -> None:
    seen = await everything(badges, ada, cyd)
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(TABLES).fetchall()
        rows: list[str] = []
        for schema, table in tables:
            found: list[tuple[Any]] = connection.execute(f'SELECT t::text FROM "{schema}"."{table}" t').fetchall()  # type: ignore[arg-type]
            rows += [str(row[0]) for row in found]
    dump = "\n".join(rows)
    assert badges.registered.client_id in dump
    assert [secret[:16] for secret in seen if any(form in dump for form in disguises(secret))] == []


@pytest.mark.slow
async def test_70_the_log_of_a_whole_run_holds_no_credential(db: Database, tmp_path: Path) -> None:
    async with (
        served.serving(db, tmp_path, REVENTO_LOG_LEVEL="DEBUG") as running,
        httpx.AsyncClient(base_url=running.origin) as http,
        await running.browser("Ada") as ada,
        await running.browser("Cyd") as cyd,
    ):
        badges = Speaker(http, running.con.badges, running.con.event_id)
        seen = await everything(badges, ada, cyd)
    written = running.log.read_text()
    assert "/oauth/token" in written
    assert [secret[:16] for secret in seen if secret in written] == []
