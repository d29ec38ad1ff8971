"""The conformance kit can fail: each fault is caught, by the checks that are meant for it and no other."""

import hashlib
import hmac
import json
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree

import aiohttp
import pytest
from aiohttp import web

from revento.cli.conformance import report, running, samples
from revento.cli.conformance.kit import Target
from revento.webhooks import signing
from tests import commands
from tests.conformance import matrix
from tests.conformance.faults import ADVICE, CAUGHT, FAULTS
from tests.conformance.integration import Integration
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
REVENTO = str(Path(sys.executable).with_name("revento"))
SECRET = signing.new_secret()


def target(base: str, **changes) -> Target:
    plain = {
        "base_url": base,
        "webhook_path": "/webhooks/revento",
        "connect_path": "/connect",
        "redirect_uri": f"{base}/callback",
        "client_id": "client",
        "client_secret": "secret",
        "webhook_secret": SECRET,
        "event_id": samples.EVENT,
        "probe": "/",
        "read": "POST /read",
        "login": "/login",
        "webview": "/page",
        "deletion_wait_s": 0.5,
        "settle_s": 0.02,
    }
    return Target(**(plain | changes))


@asynccontextmanager
async def integrating(revento: str, faults: set[str]):
    """The integration, served on loopback."""
    port = free_port()
    made = Integration(revento, port, SECRET, faults)
    runner = web.AppRunner(made.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as made.http:
        yield made
    await runner.cleanup()


async def checked(*faults: str, only: list[str] | None = None, **changes):
    """Findings by id about an integration with these faults."""
    port = free_port()
    async with integrating(f"http://127.0.0.1:{port}", set(faults)) as made:
        checks = running.chosen(only or [], [])
        found = await running.run(target(made.home, **changes), checks, port=port, start=None, tell=lambda _: None)
    return {one.id: one for one in found}


async def test_an_integration_without_fault_passes_everything():
    found = await checked()
    assert {id: one.got for id, one in found.items() if one.status != "pass"} == {}
    assert len(found) == len(running.CHECKS)


@pytest.mark.parametrize("fault", CAUGHT)
async def test_a_fault_is_caught_for_the_right_reason(fault):
    found = await checked(fault, only=sorted({id.partition(".")[0] + "." for id in CAUGHT[fault]}))
    wrong = {"warn"} if fault in ADVICE else {"fail"}
    told = {id for id, one in found.items() if one.status in wrong}
    assert told == CAUGHT[fault], {id: one.got for id, one in found.items() if one.status != "pass"}


def test_the_guide_lists_every_fault_as_it_is_caught():
    assert set(FAULTS) == set(CAUGHT)
    assert matrix.PAGE.read_text() == matrix.page(), "run: python -m tests.conformance.matrix"


async def test_an_answer_that_takes_too_long_is_a_failure():
    found = await checked("slow", only=["webhook.in_time"], time_limit_s=0.3)
    assert found["webhook.in_time"].status == "fail"
    assert "the slowest answer took 0." in found["webhook.in_time"].got


async def test_without_probe_and_routes_the_unseen_is_told_and_how_to_see_it():
    found = await checked(probe=None, read=None, login=None, webview=None)
    unknown = {id for id, one in found.items() if one.status == "unknown"}
    assert unknown == {
        "webhook.duplicate", "webhook.at_once", "api.headers", "token.expired", "token.rotated", "token.race",
        "token.lost_answer", "limit.retry_after", "limit.concurrent", "token.revoked", "token.invalid_grant",
        "webview.frame_ancestors", "webview.launch_token", "login.round_trip", "login.return_to",
    }  # fmt: skip
    assert {one.status for id, one in found.items() if id not in unknown} == {"pass"}
    assert "--read" in found["token.race"].got


async def test_an_integration_that_talks_to_another_revento_is_told_how_to_be_checked():
    port = free_port()
    async with integrating("http://127.0.0.1:9", set()) as made:
        checks = running.chosen(["callback.exchange", "token.race", "connect."], [])
        found = await running.run(target(made.home), checks, port=port, start=None, tell=lambda _: None)
    by_id = {one.id: one for one in found}
    assert {id: one.status for id, one in by_id.items()} == {
        "connect.authorize": "pass", "connect.redirect_uri": "pass", "connect.fresh_state": "pass",
        "callback.exchange": "unknown", "token.race": "unknown",
    }  # fmt: skip
    assert f"REVENTO_BASE_URL=http://127.0.0.1:{port}" in by_id["token.race"].got


async def test_each_failure_says_what_was_sent_what_came_back_why_it_matters_and_where_to_read():
    found = await checked("no_age_limit", only=["webhook.stale"])
    one = found["webhook.stale"]
    assert (one.sent, one.got) == ("a right signature, 310 s old", "204")
    assert "again" in one.why
    assert one.read == "/guide/webhooks-signatures"
    suite = ElementTree.fromstring(report.junit(list(found.values()), "http://localhost"))
    assert suite.attrib["failures"] == "1"
    assert suite.find("testcase/failure").attrib["message"] == "204"


def environ_of(cwd: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(cwd)} | more


def command(*arguments: str, cwd: Path) -> commands.Ended:
    return commands.run("check", *arguments, cwd=cwd, environ=environ_of(cwd))


def test_both_quickstarts_pass_clean(tmp_path):
    """Side by side, since much of a run is waiting on purpose."""
    folders = {name: ROOT / "examples" / f"quickstart-{name}" for name in ("python", "node")}
    starts = {
        "python": f"{sys.executable} {folders['python']}/app.py",
        "node": f"{shutil.which('node')} {folders['node']}/app.mjs",
    }
    running = {name: started(start, tmp_path / name) for name, start in starts.items()}
    for name, child in running.items():
        out, err = child.communicate(timeout=150)
        assert child.returncode == 0, (name, out, err)
        written(json.loads(out), tmp_path / name)


def started(start: str, folder: Path) -> subprocess.Popen[str]:
    """The kit as a command, in a folder of its own."""
    folder.mkdir()
    options = ["--start", start, "--probe", "/", "--read", "POST /read", "--provider-port", "0", "--json"]
    words = [REVENTO, "check", f"http://127.0.0.1:{free_port()}", *options]
    words += ["--junit", "junit.xml", "--report", "report.json"]
    env = environ_of(folder, REVENTO_WEBHOOK_SECRET=SECRET)
    return subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def written(told: dict, folder: Path) -> None:
    """What the command says, the signed report and JUnit's file agree."""
    wrong = {one["id"]: one["got"] for one in told["checks"] if one["status"] != "pass"}
    assert set(wrong) == {"webview.frame_ancestors", "webview.launch_token", "login.round_trip", "login.return_to"}
    file = json.loads((folder / "report.json").read_text())
    signature = hmac.new(SECRET.encode(), file["report"].encode(), hashlib.sha256).hexdigest()
    assert file["signature"] == f"sha256={signature}"
    assert (json.loads(file["report"]), file["client_id"]) == (told, told["client_id"])
    assert len(ElementTree.parse(folder / "junit.xml").findall("testcase")) == len(told["checks"])


def test_the_command_says_in_one_line_what_it_cannot_do(tmp_path):
    for arguments, say in [
        (["http://127.0.0.1:9"], "set REVENTO_WEBHOOK_SECRET"),
        (
            ["http://127.0.0.1:9", "--webhook-secret", SECRET, "--provider-port", "0"],
            "nothing answers at http://127.0.0.1:9",
        ),
        (["localhost:3000", "--webhook-secret", SECRET], "is not an address"),
        (["http://127.0.0.1:9", "--only", "weather"], "no check begins with 'weather'"),
    ]:
        ran = command(*arguments, cwd=tmp_path)
        assert (ran.returncode, ran.stderr.count("\n"), ran.stdout) == (1, 1, "")
        assert say in ran.stderr


def test_a_failure_makes_the_command_fail_and_strict_counts_what_is_unseen(tmp_path):
    listed = command("--list", "--only", "webhook.", cwd=tmp_path)
    assert listed.returncode == 0
    assert "webhook.deletion" in listed.stdout
    folder = ROOT / "examples" / "quickstart-python"
    start = ["--start", f"{sys.executable} {folder}/app.py", "--provider-port", "0", "--only", "login."]
    assert command(f"http://127.0.0.1:{free_port()}", *start, cwd=tmp_path).returncode == 0
    assert command(f"http://127.0.0.1:{free_port()}", *start, "--strict", cwd=tmp_path).returncode == 1


def test_a_command_that_ends_at_once_is_told_of_at_once(tmp_path):
    told = command(
        f"http://127.0.0.1:{free_port()}", "--start", f"{sys.executable} -c 'raise SystemExit(7)'", cwd=tmp_path
    )
    assert told.returncode == 1
    assert "--start: the command ended with 7" in told.stderr
