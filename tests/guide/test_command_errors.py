"""Whatever an integrator's command cannot do, it says in one line, with what to do about it, and no traceback."""

from pathlib import Path

import pytest

from tests import commands
from tests.ports import free_port

LISTEN = ("listen", "--forward-to", "http://localhost:3000/webhooks/revento")
ASKING = [
    ("logs",),
    ("logs", "--tail"),
    ("manifest", "diff"),
    ("manifest", "push"),
    ("tokens", "inspect", "rev_install_x"),
    ("api", "GET", "/integration/installations"),
    LISTEN,
]
CREDENTIALS = {"REVENTO_CLIENT_ID": "cli_x", "REVENTO_CLIENT_SECRET": "x", "REVENTO_WEBHOOK_SECRET": "whsec_x"}


def complaint(folder: Path, *words: str, code: int = 1, **environ: str) -> str:
    """The one line."""
    ran = commands.run(*words, cwd=folder, environ={"HOME": str(folder)} | environ)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran.stdout + ran.stderr
    assert ran.stderr.startswith("revento: ")
    return ran.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "manifest.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_without_credentials_the_way_to_them_is_named(folder: Path, words: tuple[str, ...]) -> None:
    assert "run revento login, or set REVENTO_CLIENT_ID" in complaint(folder, *words)


@pytest.mark.parametrize("words", [*ASKING, ("login",)], ids=" ".join)
def test_a_server_that_does_not_answer_is_named(folder: Path, words: tuple[str, ...]) -> None:
    server = f"http://127.0.0.1:{free_port()}"
    assert f"{server} does not answer" in complaint(folder, *words, REVENTO_BASE_URL=server, **CREDENTIALS)


@pytest.mark.parametrize(
    ("words", "say"),
    [
        (("api", "GET", "/events/evt_x"), "an access token is needed: --token, or REVENTO_ACCESS_TOKEN"),
        (("api", "GET", "/events/evt_x", "--token", "t", "-q", "limit"), "write NAME=VALUE, not 'limit'"),
        (("logs", "--server", "localhost:8000"), "'localhost:8000' is not an address such as http://localhost:8000"),
        (("manifest", "validate", "nowhere.json"), "nowhere.json: No such file or directory"),
        (("manifest", "push", "broken.json"), "broken.json is not JSON"),
        (("manifest", "validate", "--environment", "moon"), "--environment is sandbox or production"),
        (("init", "python", "."), "is there already; name a new folder"),
        (("login", "--event", "evt_x"), "needs all of --integration, --event and --as; else give none of them"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_with_its_remedy(folder: Path, words: tuple[str, ...], say: str) -> None:
    (folder / "broken.json").write_text("{")
    assert say in complaint(folder, *words, **CREDENTIALS)


@pytest.mark.parametrize(("words", "say"), [(("logs", "--loud"), "--loud"), (("completion", "tcsh"), "tcsh")])
def test_an_option_that_there_is_not_is_told_in_one_line(folder: Path, words: tuple[str, ...], say: str) -> None:
    assert say in complaint(folder, *words, code=2)


def test_a_secret_for_listening_is_asked_for_by_name(folder: Path) -> None:
    told = {name: value for name, value in CREDENTIALS.items() if name != "REVENTO_WEBHOOK_SECRET"}
    assert "REVENTO_WEBHOOK_SECRET is not set" in complaint(folder, *LISTEN, **told)


def test_a_file_of_logins_that_is_broken_says_how_to_go_on(folder: Path) -> None:
    file = folder / ".config" / "revento" / "logins.json"
    file.parent.mkdir(parents=True)
    file.write_text("not JSON")
    assert f"{file} is broken" in complaint(folder, "logs")
