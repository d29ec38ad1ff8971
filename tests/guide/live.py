"""A running `revento up`, a project that the quickstart makes beside it, and those who talk to both."""

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx

from revento.web.guide import book
from tests import commands
from tests.ports import free_port

BIN = Path(sys.executable).parent
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
WAIT_S = 60


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
        self.process.wait(timeout=60)

    def run(self, *words: str, cwd: Path | None = None, **environment: str) -> commands.Ended:
        env = {name: value for name, value in self.env.items() if name != "PORT"} | environment
        return commands.run(*words, cwd=cwd or self.folder, environ=env)

    def told(self, *words: str, cwd: Path | None = None, **environment: str) -> dict:
        """What a command says with --json."""
        ran = self.run(*words, "--json", cwd=cwd, **environment)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)


def until(what: Callable[[], object], why: str = "") -> None:
    """Waits until it is so."""
    ends_at = time.monotonic() + WAIT_S
    while not what():
        if time.monotonic() > ends_at:
            raise TimeoutError(why)
        time.sleep(0.1)


def shell(section: str) -> list[str]:
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
        (make, _) = shell("2.")
        assert make == "revento init python my-integration"
        assert live.run("init", language, str(folder)).returncode == 0
        self.folder, self.home = folder, f"http://localhost:{self.port}"
        # The guide says port 3000, a test takes a free one.
        manifest = (folder / "manifest.json").read_text().replace("localhost:3000", f"localhost:{self.port}")
        (folder / "manifest.json").write_text(manifest)
        (register,) = shell("3.")
        words = register.replace("ORGANIZATION_ID", self.event["organization_id"]).split()
        self.made = live.told(*words[1:], cwd=folder)
        written = dict(line.split("=", 1) for line in (folder / ".env").read_text().splitlines() if "=" in line)
        assert written["REVENTO_CLIENT_SECRET"] == self.made["client_secret"]
        assert written["SANDBOX_EVENT_ID"] in [one["id"] for one in live.facts["events"]]
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
        assert shell("4.")[-1] == ".venv/bin/python app.py"
        self.process = subprocess.Popen(run, cwd=folder, env=self.values | {"PATH": os.environ["PATH"]})

    def revento(self, *words: str) -> dict:
        return self.live.told(*words, cwd=self.folder)

    def status(self) -> dict:
        return httpx.get(f"{self.home}/", trust_env=False, timeout=30).json()

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
        self.process.wait(timeout=30)


def connect(project: Project) -> None:
    """Step 5, as a browser does it: sign in, read, approve."""
    organizer = next(one for one in project.live.facts["people"] if one["email"] == "organizer@sandbox.example")
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=30) as browser:
        page = browser.get(f"{project.home}/connect")
        page = posted(browser, page, {"email": organizer["email"], "password": organizer["password"]})
        page = posted(browser, page, {"decision": "approve"})
        assert page.url.path == "/"
        assert page.json()["events"][0]["title"] == project.event["name"]


def posted(browser: httpx.Client, page: httpx.Response, values: dict[str, str]) -> httpx.Response:
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
