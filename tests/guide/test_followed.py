"""The quickstart, followed literally against a running Revento; then the integrator's commands on what it made."""

import hashlib
import hmac
import json
import os
import pty
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import httpx
import pytest

from revento.cli.conformance import report
from revento.cli.conformance.models import Finding, Status
from tests import commands
from tests.guide.live import BIN, WAIT_S, Hidden, Live, Project, connect, posted, shell, until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    made = Live(tmp_path_factory.mktemp("live"))
    yield made
    made.stop()


@pytest.fixture(scope="module", params=["python", "node"])
def project(request, live, tmp_path_factory):
    made = Project(live, tmp_path_factory.mktemp("project") / "my-integration", request.param)
    yield made
    made.stop()


def test_the_quickstart_followed_literally_ends_with_a_signed_webhook(project):
    project.until(lambda status: status["events"] == [])
    connect(project)
    (happen, _) = [line.replace("EVENT_ID", project.event["id"]) for line in shell("6.")]
    resource = project.revento(*happen.split()[1:])["resource_ids"][0]
    shown = project.until(lambda status: any(one["data"].get("id") == resource for one in status["received"]))
    assert shown["events"][0]["participants"] > 30
    if project.language == "python":
        the_integrators_commands_work_on_it(project)


def the_integrators_commands_work_on_it(project: Project) -> None:
    itself(project)
    logs(project)
    reconsent(project)


def itself(project: Project) -> None:
    told = project.revento("tokens", "inspect", "--offline", project.made["client_secret"])
    assert told == {"kind": "client secret", "well_formed": True}
    tokens = project.revento(
        "connect",
        "--integration",
        project.made["id"],
        "--event",
        project.event["id"],
        "--as",
        "organizer@sandbox.example",
    )
    token = tokens["access_token"]
    known = project.revento("tokens", "inspect", token)
    assert (known["active"], known["client_id"]) == (True, project.made["client_id"])
    path = f"/events/{project.event['id']}"
    assert project.revento("api", "GET", path, "--token", token)["id"] == project.event["id"]
    everybody = project.revento("api", "GET", f"{path}/participants", "-q", "limit=10", "--all", "--token", token)
    assert len({one["id"] for one in everybody}) == len(everybody) > 30
    refused = project.live.run("api", "GET", f"{path}/program", "--token", token, cwd=project.folder)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "insufficient_scope" in refused.stderr


def logs(project: Project) -> None:
    rows: list[dict] = []
    ends_at = time.monotonic() + WAIT_S
    while not rows and time.monotonic() < ends_at:  # the ledger is written in batches
        ran = project.live.run("logs", "--errors", "--json", cwd=project.folder)
        assert ran.returncode == 0, ran.stderr
        rows = [json.loads(line) for line in ran.stdout.splitlines()]
        time.sleep(0.3)
    assert {(one["status"], one["error"]) for one in rows} == {(403, "insufficient_scope")}


def reconsent(project: Project) -> None:
    """`manifest diff` says who must consent anew and ends with 2; `push` puts it in force."""
    file = project.folder / "manifest.json"
    document = json.loads(file.read_text())
    document["scopes"]["required"].append("program.read")
    document["scopes"]["purposes"]["program.read"] = "To show what is on."
    file.write_text(json.dumps(document))
    ran = project.live.run("manifest", "diff", "--json", cwd=project.folder)
    assert ran.returncode == 2, ran.stderr
    told = json.loads(ran.stdout)
    assert [(one["event_id"], one["lacking"]) for one in told["must_consent_anew"]] == [
        (project.event["id"], ["program.read"])
    ]
    assert (told["in_force"], told["version"]) == (False, 1)
    assert project.revento("manifest", "push")["version"] == 2
    unchanged = project.live.run("manifest", "diff", "--json", cwd=project.folder)
    assert json.loads(unchanged.stdout)["changes"] == []
    document["webhook_url"] = "ftp://elsewhere"
    file.write_text(json.dumps(document))
    for command in ("validate", "push"):
        ran = project.live.run("manifest", command, cwd=project.folder)
        assert ran.returncode == 1
        assert "webhook_url" in ran.stdout + ran.stderr


def sample_of(live: Live) -> dict[str, str]:
    """The sandbox's sample integration, as an integrator's environment holds it."""
    sample = live.facts["integrations"][0]
    return {
        "REVENTO_BASE_URL": live.url,
        "REVENTO_CLIENT_ID": sample["client_id"],
        "REVENTO_CLIENT_SECRET": sample["client_secret"],
        "REVENTO_WEBHOOK_SECRET": sample["webhook_secret"],
    }


def connected(live: Live) -> str:
    """The sample integration, connected to the event that is returned."""
    event = live.facts["events"][1]["id"]
    assert token_of(live, event)
    return event


def token_of(live: Live, event: str) -> str:
    """An installation token of the sample integration."""
    sample = live.facts["integrations"][0]
    consent = ("--integration", sample["id"], "--event", event, "--as", "organizer@sandbox.example")
    return live.told("connect", *consent)["access_token"]


def shown_until(keyboard: int, words: str) -> str:
    """What the terminal shows, read until it says that; its end before that is an error."""
    shown = ""
    while words not in shown:
        shown += os.read(keyboard, 65536).decode(errors="replace")
    return shown


def test_listen_obeys_its_keys(live, tmp_path):
    """In a terminal: r sends the last delivery again, marked as a replay; q ends."""
    event, receiver = connected(live), Hidden()
    receiver.refusing = 0
    keyboard, terminal = pty.openpty()
    words = [BIN / "revento", "listen", "--forward-to", receiver.url, "--all", "--new-only"]
    environ = live.env | sample_of(live)
    listening = subprocess.Popen(words, cwd=tmp_path, env=environ, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    assert shown_until(keyboard, live.url).startswith(f"Listening at {live.url}")
    assert live.told("trigger", "event.updated", "--event", event)["count"] == 1
    until(lambda: receiver.got, "nothing was forwarded")
    first = len(receiver.got)
    os.write(keyboard, b"r")
    until(lambda: len(receiver.got) > first, "r sent nothing again")
    assert receiver.got[-1][0]["x-revento-replay"] == "true"
    assert receiver.got[-1][1] == receiver.got[first - 1][1]
    os.write(keyboard, b"q")
    assert listening.wait(timeout=WAIT_S) == 0
    shown_until(keyboard, "(again)")
    os.close(keyboard)
    receiver.server.shutdown()


def test_login_is_approved_in_the_browser_and_then_the_commands_know_who_asks(live, tmp_path):
    """The machine waits, an integrator compares and approves; logs, tokens, api and manifest need nothing more."""
    integrator = next(one for one in live.facts["people"] if one["role"] == "integrator")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "NO_PROXY": "localhost,127.0.0.1"}
    words = [BIN / "revento", "login", "--server", live.url, "--no-browser"]
    waiting = subprocess.Popen(
        words, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    line = waiting.stdout.readline()
    address, code = line.split()[1], line.split()[-1]
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=30) as browser:
        page = browser.get(address)
        page = posted(browser, page, {"email": integrator["email"], "password": integrator["password"]})
        page = posted(browser, page, {"code": code})
        client_id = live.facts["integrations"][0]["client_id"]
        posted(browser, page, {"decision": "approve", "client_id": client_id})
    told, wrong = waiting.communicate(timeout=WAIT_S)
    assert waiting.returncode == 0, wrong
    file = tmp_path / ".config" / "revento" / "logins.json"
    assert str(file) in told
    assert file.stat().st_mode & 0o777 == 0o600

    def asked(*command: str) -> commands.Ended:
        ran = commands.run(*command, cwd=tmp_path, environ=environ)
        assert ran.returncode == 0, ran.stderr
        return ran

    assert json.loads(asked("api", "GET", "/integration").stdout)["client_id"] == client_id
    asked("logs", "--json")
    token = token_of(live, live.facts["events"][1]["id"])
    assert json.loads(asked("tokens", "inspect", token, "--json").stdout)["client_id"] == client_id
    (tmp_path / "manifest.json").write_text(
        json.dumps(json.loads(asked("api", "GET", "/integration").stdout)["manifest"])
    )
    assert json.loads(asked("manifest", "diff", "--json").stdout)["changes"] == []
    assert json.loads(asked("logout", "--json").stdout) == {"server": live.url, "forgotten": True}
    ran = commands.run("logs", "--server", live.url, cwd=tmp_path, environ=environ)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "run revento login" in ran.stderr


def test_logs_tail_shows_requests_as_they_come(live, tmp_path):
    event = live.facts["events"][1]["id"]
    token = token_of(live, event)
    words = [BIN / "revento", "logs", "--tail", "--limit", "1", "--json"]
    environ = live.env | sample_of(live)
    following = subprocess.Popen(words, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        wanted, seen = f"/api/v1/events/{event}/threads", list[dict]()
        reading = Thread(target=lambda: seen.extend(map(json.loads, following.stdout)), daemon=True)
        reading.start()

        def asked_and_shown() -> list[dict]:  # asked again: what came before it began to follow, it need not show
            asked = ("api", "GET", f"/events/{event}/threads", "--token", token, "-q", "limit=3")
            ran = live.run(*asked, cwd=tmp_path, **sample_of(live))
            assert ran.returncode == 0, ran.stderr
            return [one for one in seen if one["path"] == wanted]

        until(asked_and_shown, "the request was not shown")
        assert {(one["status"], one["query"]) for one in seen if one["path"] == wanted} == {(200, "limit=3")}
    finally:
        following.terminate()
        following.wait(timeout=WAIT_S)


def test_listen_brings_deliveries_to_a_receiver_that_revento_cannot_reach(live, tmp_path):
    sample, event = live.facts["integrations"][0], connected(live)
    assert live.told("trigger", "application.approved", "--event", event)["count"] == 1
    receiver = Hidden()
    environment = sample_of(live)
    words = ("listen", "--forward-to", receiver.url, "--count", "1", "--all", "--json")
    ran = live.run(*words, cwd=tmp_path, **environment)
    assert ran.returncode == 0, ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one["status"] for one in lines][:1] == [500]
    assert 204 in [one["status"] for one in lines]
    headers, raw = receiver.got[-1]
    content = headers["x-revento-timestamp"].encode() + b"." + raw
    right = hmac.new(sample["webhook_secret"].encode(), content, hashlib.sha256).hexdigest()
    assert headers["x-revento-signature"] == f"sha256={right}"
    receiver.server.shutdown()


def test_a_signed_report_is_taken_and_an_altered_one_is_not(live):
    sample = live.facts["integrations"][0]
    found = Finding("webhook.stale", "refuses", Status.PASS, "a", "b", "c", "/guide/webhooks", 3)
    told = report.document([found], target="http://localhost", client_id=sample["client_id"], now=datetime.now(UTC))
    file = report.signed(told, sample["webhook_secret"])
    answers = [
        httpx.post(
            f"{live.url}/api/v1/integration/conformance",
            content=content,
            auth=(sample["client_id"], sample["client_secret"]),
            trust_env=False,
        )
        for content in (file, file.replace(b"refuses", b"accepts"))
    ]
    assert (answers[0].status_code, answers[0].json()) == (200, {"passed": 1, "failed": 0})
    assert (answers[1].status_code, answers[1].json()["error"]) == (400, "invalid_request")


def test_a_server_that_is_not_there_and_wrong_credentials_are_told_in_one_line(live, tmp_path):
    wrong = {"REVENTO_CLIENT_ID": "cli_x", "REVENTO_CLIENT_SECRET": "x", "REVENTO_BASE_URL": live.url}
    ran = live.run("logs", cwd=tmp_path, **wrong)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "client id or secret is wrong" in ran.stderr
    ran = live.run("logs", "--server", "http://127.0.0.1:9", cwd=tmp_path, **wrong)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "http://127.0.0.1:9 does not answer" in ran.stderr


def test_recordings_have_the_fields_that_the_server_answers_with_today(live):
    sample, event = live.facts["integrations"][0], live.facts["events"][0]["id"]
    organizer = ("--integration", sample["id"], "--event", event, "--as", "organizer@sandbox.example")
    token = live.told("connect", *organizer)["access_token"]
    recorded = ROOT / "guide" / "recorded"
    for name, path in (("get_event", ""), ("list_participants", "/participants"), ("list_activities", "/activities")):
        answer = httpx.get(
            f"{live.url}/api/v1/events/{event}{path}", headers={"Authorization": f"Bearer {token}"}, trust_env=False
        ).json()
        kept = json.loads((recorded / f"{name}.json").read_text())
        assert list(kept) == list(answer)
        if "data" in kept:
            assert list(kept["data"][0]) == list(answer["data"][0])
