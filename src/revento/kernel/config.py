"""Settings: read once from the environment into one frozen struct; a wrong one stops the start (architecture §5)."""

import ipaddress
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
T = TypeVar("T")


class Networks(tuple[Network, ...]):
    """Address ranges in CIDR notation, as a type of its own, so that frameworks take it as it is."""

    __slots__ = ()


LADDER: Final = (0, 5, 30, 120, 600, 3600, 10_800, 21_600, 43_200, 86_400)  # seconds, contract §6.4
_LOOPBACK: Final = "127.0.0.0/8,::1/128"


class Misconfigured(Exception):
    """One variable has a value that cannot be used. `str()` is the one clear line for the operator."""

    def __init__(self, variable: str, say: str) -> None:
        super().__init__(f"{variable}: {say}")
        self.variable = variable


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be configured. Durations in seconds."""

    host: str
    port: int
    base_url: str
    data_dir: Path
    database_url: str | None
    replica_url: str | None
    valkey_url: str | None
    secret_key: str | None
    smtp_url: str | None
    env: str
    webhook_allow_nets: Networks
    retry_schedule: tuple[int, ...]

    @property
    def development(self) -> bool:
        """Whether this is a laptop: local outbox, cookies without `Secure`, loopback webhooks."""
        return self.env == "development"

    @property
    def secure(self) -> bool:
        """Whether the public origin is https, so that cookies may be `Secure` and `__Host-`."""
        return self.base_url.startswith("https://")

    @classmethod
    def read(cls, environ: Mapping[str, str], *, env: str = "production") -> "Settings":
        """The settings in `environ`; `env` is the default of `REVENTO_ENV`. Raises `Misconfigured`."""
        env = _choice(environ, "REVENTO_ENV", env, ("development", "production"))
        host = environ.get("HOST") or "127.0.0.1"
        port = _parsed(environ, "PORT", "8000", _port)
        default_nets = _LOOPBACK if env == "development" else ""
        return cls(
            host=host,
            port=port,
            base_url=_parsed(environ, "REVENTO_BASE_URL", f"http://localhost:{port}", _origin),
            data_dir=Path(environ.get("REVENTO_DATA_DIR") or ".revento").absolute(),
            database_url=_parsed(environ, "DATABASE_URL", "", _postgres),
            replica_url=_parsed(environ, "DATABASE_REPLICA_URL", "", _postgres),
            valkey_url=_parsed(environ, "REVENTO_VALKEY_URL", "", _valkey),
            secret_key=_parsed(environ, "REVENTO_SECRET_KEY", "", _key),
            smtp_url=_parsed(environ, "SMTP_URL", "", _smtp),
            env=env,
            webhook_allow_nets=_parsed(environ, "REVENTO_WEBHOOK_ALLOW_NETS", default_nets, _networks),
            retry_schedule=_parsed(environ, "REVENTO_WEBHOOK_RETRY_SCHEDULE", ",".join(map(str, LADDER)), _ladder),
        )


def _parsed(environ: Mapping[str, str], name: str, default: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(environ.get(name, default).strip())
    except ValueError as error:
        raise Misconfigured(name, str(error)) from error


def _choice(environ: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(name) or default
    if value not in allowed:
        raise Misconfigured(name, f"is {value!r}, expected one of {', '.join(allowed)}")
    return value


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65_536:
        raise ValueError(f"is {value!r}, expected a port number from 1 to 65535")
    return int(value)


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError(f"is {value!r}, expected an origin such as https://revento.example")
    return value.rstrip("/")


def _url_of(*schemes: str) -> Callable[[str], str | None]:
    def parse(value: str) -> str | None:
        if not value:
            return None
        if urlsplit(value).scheme not in schemes:
            raise ValueError(f"expected an address that begins with {' or '.join(s + '://' for s in schemes)}")
        return value

    return parse


_postgres = _url_of("postgresql", "postgres")
_valkey = _url_of("redis", "rediss", "valkey", "valkeys", "unix")
_smtp = _url_of("smtp", "smtps")


def _key(value: str) -> str | None:
    if not value:
        return None
    if any(len(part.strip()) < 32 for part in value.split(",")):
        raise ValueError("expected at least 32 characters (more, comma-separated, while rotating)")
    return value


def _networks(value: str) -> Networks:
    return Networks(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())


def _ladder(value: str) -> tuple[int, ...]:
    parts = [part.strip() for part in value.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise ValueError(f"is {value!r}, expected seconds separated by commas, such as 0,5,30")
    return tuple(int(part) for part in parts)
