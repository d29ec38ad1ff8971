"""One HTTP try: bounded, never redirected, never past the guard (contract §6.4). aiohttp lives here only."""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from revento.contract import limits
from revento.kernel import log
from revento.kernel.config import Network
from revento.webhooks import guard
from revento.webhooks.retries import Answer, Outcome, parse_retry_after

CAPTURE_BYTES: Final = 4096
# After the status line an answer is settled; its body is only for the log, so a dripping one gets this long.
CAPTURE_S: Final = 1.0
# Below the 5 s after which Node's server closes idle connections, so that we rarely write into a closing one.
KEEP_ALIVE_S: Final = 4.0
RESOLVER_THREADS: Final = 64
_DETAIL_CHARACTERS: Final = 200
_TEXT: Final = ("text/", "application/json", "application/xml", "application/problem+json", "application/problem+xml")

_log: Final = log.logger("webhooks.deliver")
_refusals: ContextVar[list[str]] = ContextVar("webhook_refusals")


class Refused(OSError):
    """The guard said no. An `OSError`, so that the client treats it as a failed connection."""


class _Resolver(AbstractResolver):
    """Looks names up in threads of its own (a slow name server must not starve others) and checks every record."""

    def __init__(self, allowed: Sequence[Network], *, plain: bool) -> None:
        self._allowed, self._plain = allowed, plain
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="webhook-dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Every address of `host`. Raises `Refused` when one of them is not public."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
        if refusal := guard.why_not_resolved(addresses, self._allowed, plain=self._plain or port != 443):
            raise _refuse(refusal)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=entry[0],
                proto=entry[2],
                flags=socket.AI_NUMERICHOST,
            )
            for entry, address in zip(found, addresses, strict=True)
        ]

    async def close(self) -> None:
        """Lets the threads go without waiting for a slow name server."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[Any]:
    return socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)


def _refuse(say: str) -> Refused:
    _refusals.get([]).append(say)
    return Refused(say)


def _door(allowed: Sequence[Network], *, plain: bool) -> Any:
    """The socket factory: sees the address that is dialled, for literals and for every resolved one."""

    def open_socket(info: Any) -> socket.socket:
        family, kind, protocol, _, place = info
        address = ipaddress.ip_address(str(place[0]))
        if refusal := guard.why_not_resolved([address], allowed, plain=plain or place[1] != 443):
            raise _refuse(refusal)
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        return opened

    return open_socket


class Sender:
    """A pool of kept-alive connections behind the guard: one for https, one for what may be plain."""

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        tls: ssl.SSLContext | None = None,
        timeout_s: float = limits.WEBHOOK_TIMEOUT_S,
    ) -> None:
        self._allowed = tuple(allowed)
        self._tls = tls
        self._timeout_s = timeout_s
        self._sessions = {plain: self._session(plain) for plain in (False, True)}
        self._check: Callable[[str], str | None] = lru_cache(4096)(self._why_not)

    def _why_not(self, url: str) -> str | None:
        return guard.why_not_url(url, self._allowed)

    def _session(self, plain: bool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=_door(self._allowed, plain=plain),
                resolver=_Resolver(self._allowed, plain=plain),
                ssl=self._tls or True,
                limit=0,  # the dispatcher bounds what is in flight, per endpoint and in all
                keepalive_timeout=KEEP_ALIVE_S,
                ttl_dns_cache=10,
            ),
            timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            requote_redirect_url=False,
            read_bufsize=2 * CAPTURE_BYTES,
            skip_auto_headers=("Accept", "Accept-Encoding"),
        )

    async def post(self, url: str, headers: dict[str, str], body: bytes, *, now: datetime) -> Answer:
        """Sends once. Never raises for anything the other side does: whatever happened is in the answer."""
        started = time.perf_counter()
        if refusal := self._check(url):
            return Answer(Outcome.REFUSED, detail=refusal)
        _refusals.set(refused := [])
        try:
            answer = await self._post(url, headers, body, now)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            answer = _failure(error, refused)
        except Exception as error:  # a mistake of the client's must cost an attempt, not loop on a lease for ever
            _log.exception("client_failed", url=url)
            answer = Answer(Outcome.GARBAGE, detail=_short(type(error).__name__))
        latency = int((time.perf_counter() - started) * 1000)
        return Answer(answer.outcome, answer.status, answer.detail, answer.body, answer.retry_after, latency)

    async def _post(self, url: str, headers: dict[str, str], body: bytes, now: datetime) -> Answer:
        target = URL(url)
        session = self._sessions[target.scheme == "http"]
        async with session.post(target, data=body, headers=headers, allow_redirects=False) as response:
            captured, whole = await _capture(response)
            if not whole:
                response.close()
            return Answer(
                _sort(response.status),
                response.status,
                body=_text(response, captured),
                retry_after=parse_retry_after(response.headers.get("Retry-After"), now=now),
            )

    async def close(self) -> None:
        """Closes every connection."""
        for session in self._sessions.values():
            await session.close()


async def _capture(response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
    """The first 4 KiB of the body, and whether that was all of it (then the connection lives on)."""
    captured = b""
    try:
        async with asyncio.timeout(CAPTURE_S):
            while len(captured) <= CAPTURE_BYTES:
                piece = await response.content.read(CAPTURE_BYTES + 1 - len(captured))
                if not piece:
                    return captured, True
                captured += piece
    except (aiohttp.ClientError, OSError, TimeoutError):
        return captured[:CAPTURE_BYTES], False
    return captured[:CAPTURE_BYTES], False


def _sort(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.OK
    if 300 <= status < 400:
        return Outcome.REDIRECT
    return Outcome.GONE if status == 410 else Outcome.STATUS


def _text(response: aiohttp.ClientResponse, captured: bytes) -> str | None:
    kind = response.headers.get("Content-Type", "text/plain").lower()
    if not captured or response.headers.get("Content-Encoding") or not kind.startswith(_TEXT):
        return None
    return captured.decode("utf-8", errors="replace").replace("\x00", "\ufffd")


def _failure(error: Exception, refused: list[str]) -> Answer:
    if refused or isinstance(error, Refused) or isinstance(getattr(error, "os_error", None), Refused):
        return Answer(Outcome.REFUSED, detail=_short(refused[0] if refused else str(error)))
    match error:
        case TimeoutError():
            return Answer(Outcome.TIMEOUT, detail=f"no answer within {limits.WEBHOOK_TIMEOUT_S} s")
        case aiohttp.ClientConnectorDNSError():
            return Answer(Outcome.DNS, detail="the host name cannot be found")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return Answer(Outcome.TLS, detail=_short(str(error)))
        case aiohttp.ClientConnectorError():
            return Answer(Outcome.CONNECT, detail=_short(str(error)))
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | OSError():
            return Answer(Outcome.RESET, detail="the connection was closed before an answer came")
        case _:
            return Answer(Outcome.GARBAGE, detail=_short(str(error) or type(error).__name__))


def _short(text: str) -> str:
    return text.replace("\x00", "")[:_DETAIL_CHARACTERS]
