"""The quickstart, followed literally against a running Revento; then the integrator's commands on what it made."""

import asyncio
import hashlib
import hmac
import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from revento.cli.conformance import report
from revento.cli.conformance.models import Finding, Status
from revento.web.guide import book

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
WAIT_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Live:
    """A running `revento up`: its facts, and a shell beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://localhost:{self.port}"
        self.env = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(folder),
            "PORT": str(self.port),
            "REVENTO_DATA_DIR": str(folder / "data"),
            "NO_PROXY": "localhost,127.0.0.1",
            "REVENTO_WEBHOOK_RETRY_SCHEDULE": "0,1,1,1,1,1",
        }
        self.process = subprocess.Popen(
            [BIN / "revento", "up", "--json"], env=self.env, stdout=subprocess.DEVNULL, cwd=folder
        )
        self.facts = self._facts()

    def _facts(self) -> dict:
        ends_at = time.monotonic() + WAIT_S * 2
        while time.monotonic() < ends_at:
            try:
                httpx.get(f"{self.url}/readyz", trust_env=False).raise_for_status()
                return json.loads((self.folder / "data" / "sandbox.json").read_text())
            except (httpx.HTTPError, OSError):
                assert self.process.poll() is None
                time.sleep(0.2)
        raise TimeoutError

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def run(self, *words: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in self.env.items() if name != "PORT"} | environment
        return subprocess.run(
            [BIN / "revento", *words], env=env, cwd=cwd or self.folder, capture_output=True, text=True, timeout=WAIT_S
        )

    def told(self, *words: str, cwd: Path | None = None, **environment: str) -> dict:
        """What a command says with --json."""
        ran = self.run(*words, "--json", cwd=cwd, **environment)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    made = Live(tmp_path_factory.mktemp("live"))
    yield made
    made.stop()


def commands(section: str) -> list[str]:
    """Every line of shell in one section of the quickstart's page."""
    page = book.pages()["quickstart"].markdown
    part = re.split(r"^## ", page, flags=re.MULTILINE)
    body = next(one for one in part if one.startswith(section))
    return [line for block in re.findall(r"```sh\n(.*?)```", body, re.S) for line in block.splitlines()]


class Project:
    """What the quickstart makes: a folder, its credentials, its running program."""

    def __init__(self, live: Live, folder: Path, language: str) -> None:
        self.live, self.language, self.port = live, language, free_port()
        self.event = live.facts["events"][1]
        (make, _) = commands("2.")
        assert make == "revento init python my-integration"
        assert live.run("init", language, str(folder)).returncode == 0
        self.folder, self.home = folder, f"http://localhost:{self.port}"
        # The guide says port 3000, a test takes a free one.
        manifest = (folder / "manifest.json").read_text().replace("localhost:3000", f"localhost:{self.port}")
        (folder / "manifest.json").write_text(manifest)
        (register,) = commands("3.")
        words = register.replace("ORGANIZATION_ID", self.event["organization_id"]).split()
        self.made = live.told(*words[1:], cwd=folder)
        self.values = {
            "REVENTO_BASE_URL": live.url,
            "REVENTO_CLIENT_ID": self.made["client_id"],
            "REVENTO_CLIENT_SECRET": self.made["client_secret"],
            "REVENTO_WEBHOOK_SECRET": self.made["webhook_secret"],
            "REVENTO_REDIRECT_URI": f"{self.home}/callback",
            "SANDBOX_EVENT_ID": self.event["id"],
            "PORT": str(self.port),
        }
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in self.values.items()))
        run = {"python": [sys.executable, "app.py"], "node": ["node", "--env-file=.env", "app.mjs"]}[language]
        assert commands("4.")[-1] == ".venv/bin/python app.py"
        self.process = subprocess.Popen(run, cwd=folder, env=self.values | {"PATH": os.environ["PATH"]})

    def revento(self, *words: str) -> dict:
        return self.live.told(*words, cwd=self.folder)

    def status(self) -> dict:
        return httpx.get(f"{self.home}/", trust_env=False).json()

    def until(self, what) -> dict:
        """The status as soon as it is so."""
        ends_at = time.monotonic() + WAIT_S
        while time.monotonic() < ends_at:
            try:
                if what(self.status()):
                    return self.status()
            except httpx.TransportError:
                assert self.process.poll() is None
            time.sleep(0.2)
        raise TimeoutError(self.status())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)


def connect(project: Project) -> None:
    """Step 5, as a browser does it: sign in, read, approve."""
    organizer = next(one for one in project.live.facts["people"] if one["email"] == "organizer@sandbox.example")
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=30) as browser:
        page = browser.get(f"{project.home}/connect")
        page = posted(
            browser, page, {"email": organizer["email"], "password": organizer["password"]}, "/account/sign-in"
        )
        page = posted(browser, page, {"decision": "approve"}, "/oauth/authorize")
        assert page.url.path == "/"
        assert page.json()["events"][0]["title"] == project.event["name"]


def posted(browser: httpx.Client, page: httpx.Response, values: dict[str, str], action: str) -> httpx.Response:
    """The page's form for this action, with its hidden fields, sent as a browser would."""
    forms = re.findall(r"<form[^>]*>.*?</form>", page.text, re.S)
    form = next(one for one in forms if all(f'name="{name}"' in one for name in values))
    hidden = {name: html.unescape(value) for name, value in FIELD.findall(form)}
    to = re.search(r'action="([^"]+)"', form)
    origin = f"{page.url.scheme}://{page.url.netloc.decode()}"
    address = page.url.join(html.unescape(to[1])) if to else page.url
    answer = browser.post(address, data=hidden | values, headers={"Origin": origin})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.fixture(scope="module", params=["python", "node"])
def project(request, live, tmp_path_factory):
    made = Project(live, tmp_path_factory.mktemp("project") / "my-integration", request.param)
    yield made
    made.stop()


def test_the_quickstart_followed_literally_ends_with_a_signed_webhook(project):
    project.until(lambda status: status["events"] == [])
    connect(project)
    (happen, _) = [line.replace("EVENT_ID", project.event["id"]) for line in commands("6.")]
    resource = project.revento(*happen.split()[1:])["resource_ids"][0]
    shown = project.until(lambda status: any(one["data"].get("id") == resource for one in status["received"]))
    assert shown["events"][0]["participants"] > 30
    # Then the integrator's commands, on what the quickstart made.
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


class Hidden:
    """A receiver that Revento does not know of."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.refusing = 1
        hidden = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                hidden.got.append(({name.lower(): value for name, value in self.headers.items()}, raw))
                hidden.refusing -= 1
                self.send_response(500 if hidden.refusing >= 0 else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"
        Thread(target=self.server.serve_forever, daemon=True).start()


async def test_listen_brings_deliveries_to_a_receiver_that_revento_cannot_reach(live, tmp_path):
    sample, event = live.facts["integrations"][0], live.facts["events"][1]["id"]
    consent = ("--integration", sample["id"], "--event", event, "--as", "organizer@sandbox.example")
    assert live.run("connect", *consent).returncode == 0
    assert live.told("trigger", "application.approved", "--event", event)["count"] == 1
    receiver = Hidden()
    environment = {
        "REVENTO_BASE_URL": live.url,
        "REVENTO_CLIENT_ID": sample["client_id"],
        "REVENTO_CLIENT_SECRET": sample["client_secret"],
        "REVENTO_WEBHOOK_SECRET": sample["webhook_secret"],
    }
    words = ("listen", "--forward-to", receiver.url, "--count", "1", "--all", "--json")
    ran = await asyncio.to_thread(lambda: live.run(*words, cwd=tmp_path, **environment))
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


def test_completion_offers_what_there_is_in_each_shell():
    for shell in ("bash", "zsh", "fish"):
        ran = subprocess.run([BIN / "revento", "completion", shell], capture_output=True, text=True, timeout=WAIT_S)
        assert ran.returncode == 0
        assert "manifest" in ran.stdout
    asked = """
eval "$(revento completion bash)"
COMP_WORDS=(revento manifest d); COMP_CWORD=2; _revento; echo "${COMPREPLY[@]}"
COMP_WORDS=(revento lis); COMP_CWORD=1; _revento; echo "${COMPREPLY[@]}"
"""
    ran = subprocess.run(
        ["bash", "-c", asked], env={"PATH": f"{BIN}:/usr/bin:/bin"}, capture_output=True, text=True, timeout=WAIT_S
    )
    assert ran.stdout.split() == ["diff", "listen"]
