"""`revento doctor`: is everything that Revento needs there, and if not, what is missing."""

import os
import socket
import sys
from collections.abc import Callable, Generator
from urllib.parse import urlsplit

import msgspec
import typer

from revento.cli import edge, terminal
from revento.kernel import db, migrations
from revento.kernel.config import Settings

app = typer.Typer()
_WAIT_S = 3.0


class Finding(msgspec.Struct, frozen=True):
    """What one check saw. `ok` is false when something has to be done about it."""

    name: str
    ok: bool
    say: str


@app.command()
def doctor(json: terminal.Json = False) -> None:
    """Check settings, data directory, database, Valkey and mail. Exit code 1 when something has to be done."""
    findings = list(_examine())
    if json:
        terminal.as_json(findings)
    else:
        terminal.table(("", "", ""), [("ok" if found.ok else "BAD", found.name, found.say) for found in findings])
    if not all(found.ok for found in findings):
        raise typer.Exit(1)


def _examine() -> Generator[Finding]:
    yield Finding("python", sys.version_info >= (3, 11), sys.version.split()[0])
    settings = edge.settings()
    yield _check("data directory", lambda: _writable(settings))
    yield _check("database", lambda: _database(settings))
    if settings.replica_url is not None:
        replica = settings.replica_url
        yield _check("replica", lambda: db.reach(replica) or "answers")
    if settings.valkey_url is not None:
        yield _check("valkey", lambda: _answers(settings.valkey_url or "", 6379))
    if settings.smtp_url is not None:
        yield _check("mail", lambda: _answers(settings.smtp_url or "", 25))
    if not settings.development:
        yield Finding(
            "public origin", settings.secure, f"{settings.base_url} (REVENTO_BASE_URL; production needs https)"
        )
        kept = (
            "REVENTO_SECRET_KEY" if settings.secret_key else f"a file in {settings.data_dir}; all nodes need the same"
        )
        yield Finding("secret key", True, f"from {kept}")


def _check(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except terminal.expected() as error:
        return Finding(name, False, " ".join(str(error).split()))


def _writable(settings: Settings) -> str:
    """A file can be made there; where it is not yet there, in the folder that it will be made in."""
    there = settings.data_dir.is_dir()
    nearest = settings.data_dir if there else next(each for each in settings.data_dir.parents if each.exists())
    probe = nearest / f".doctor-{os.getpid()}"
    probe.touch()
    probe.unlink()
    return str(settings.data_dir) if there else f"{settings.data_dir}, not there yet"


def _database(settings: Settings) -> str:
    where = "DATABASE_URL" if settings.database_url else "embedded"
    if settings.database_url is None and not edge.is_made(settings):
        return "embedded: not there yet, `revento up` makes it"
    with edge.database_url(settings) as url:
        if not migrations.is_current(url):
            raise terminal.Failed(f"{where}: answers, but the schema is not current; run `revento migrate`")
    return f"{where}: answers, schema current"


def _answers(url: str, port: int) -> str:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "localhost", parts.port or port), timeout=_WAIT_S):
        return "answers"
