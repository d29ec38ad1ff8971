"""What `revento login` keeps on this machine: for each server the client that this person speaks for.

One file, readable by its owner only: `$XDG_CONFIG_HOME/revento/logins.json`, else `~/.config/revento/logins.json`.
"""

import os
from pathlib import Path

import msgspec

from revento.cli.terminal import Failed


class Login(msgspec.Struct, frozen=True):
    """A server's word on who we are, until when."""

    client_id: str
    client_secret: str
    integration_id: str
    integration_name: str
    environment: str
    expires_at: str


class Logins(msgspec.Struct):
    """All of them; `current` is the server of the last login."""

    current: str | None = None
    servers: dict[str, Login] = {}


def path() -> Path:
    """Where the file is."""
    configured = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(configured) if configured else Path(os.environ.get("HOME", "~")).expanduser() / ".config"
    return folder / "revento" / "logins.json"


def read() -> Logins:
    """What is kept; nothing when there is no file. Raises `Failed` for one that nobody can read any more."""
    try:
        return msgspec.json.decode(path().read_bytes(), type=Logins)
    except FileNotFoundError:
        return Logins()
    except msgspec.DecodeError as error:
        raise Failed(f"{path()} is broken: {error}; delete it and run revento login") from error


def keep(server: str, login: Login) -> None:
    """Keeps a login as the current one."""
    kept = read()
    kept.servers[server] = login
    kept.current = server
    _write(kept)


def forget(server: str) -> Login | None:
    """Forgets a server's login, which is returned."""
    kept = read()
    gone = kept.servers.pop(server, None)
    if kept.current == server:
        kept.current = next(iter(kept.servers), None)
    _write(kept)
    return gone


def _write(kept: Logins) -> None:
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(msgspec.json.format(msgspec.json.encode(kept)))
    fresh.replace(file)
