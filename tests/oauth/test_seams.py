"""`revento connect` and `revento login`: a consent without a browser, for tests and trying out (architecture §5)."""

import asyncio
import json
import os
import sys
from pathlib import Path

from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.secrets import Box, Keys
from tests.oauth import given

KEY = "a key for tests that nobody else uses and that is long enough"


async def revento(db: Database, folder: Path, *arguments: str, env: str = "development") -> tuple[int, str, str]:
    own = {"DATABASE_URL": db.url, "REVENTO_DATA_DIR": str(folder), "REVENTO_SECRET_KEY": KEY, "REVENTO_ENV": env}
    own |= {"REVENTO_BASE_URL": "https://revento.example"} if env == "production" else {}
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "revento.cli", *arguments), env=os.environ | own, stdout=-1, stderr=-1
    )
    out, err = await running.communicate()
    return running.returncode or 0, out.decode(), err.decode()


async def test_connect_and_login_give_what_the_token_endpoint_gives_and_skip_nothing_but_the_page(
    db: Database, clock: Clock, tmp_path: Path
) -> None:
    con = await given.convention(db, clock, Box(Keys(KEY)))
    own = ("--integration", con.badges.id, "--event", con.event_id)

    code, _, err = await revento(db, tmp_path, "login", *own, "--as", "cyd@example.test")
    assert (code != 0, err.count("\n")) == (True, 1), err
    code, out, err = await revento(db, tmp_path, "connect", *own, "--as", "ada@example.test", "--json")
    assert code == 0, err
    token = json.loads(out)
    assert token["access_token"].startswith("rev_install_")
    assert (token["scope"], token["event_id"]) == ("event.read participants.read program.read", con.event_id)
    narrow = ("--scope", "profile.read", "--json")
    code, out, err = await revento(db, tmp_path, "login", *own, "--as", "cyd@example.test", *narrow)
    assert code == 0, err
    token = json.loads(out)
    assert token["access_token"].startswith("rev_user_")
    assert (token["scope"], token["user_id"]) == ("profile.read", con.people["Cyd"])

    for arguments, env in (
        (("connect", *own, "--as", "mallory@example.test"), "development"),
        (("login", *own, "--as", "mallory@example.test"), "development"),
        (("connect", *own, "--as", "nobody@example.test"), "development"),
        (("connect", *own, "--as", "ada@example.test", "--scope", "profile.read"), "development"),
        (("connect", *own, "--as", "ada@example.test"), "production"),
    ):
        code, out, err = await revento(db, tmp_path, *arguments, env=env)
        assert (code != 0, out, err.count("\n")) == (True, "", 1), (arguments, env, out, err)
