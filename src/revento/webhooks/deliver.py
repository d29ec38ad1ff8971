"""One HTTP try: bounded, never redirected, never past the guard (contract §6.4)."""

import asyncio
import codecs
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import aiohappyeyeballs
import msgspec
from yarl import URL

from revento.contract import limits
from revento.kernel import log
from revento.kernel.config import Network
from revento.webhooks import guard, signing
from revento.webhooks.connections import CAPTURE_BYTES, Connection, Garbage, Place, Pool, Reply
from revento.webhooks.retries import Answer, Outcome, parse_retry_after

RESOLVER_THREADS: Final = 64
RESOLVED_S: Final = 10.0  # how long a name's addresses are remembered
NAMES_MOST: Final = 4096
_NEXT_ADDRESS_S: Final = 0.25  # RFC 8305 §5
_DETAIL_CHARACTERS: Final = 200
_TEXT: Final = (b"text/", b"application/json", b"application/xml", b"application/problem+json")

_log: Final = log.logger("webhooks.deliver")


class Refused(OSError):
    """The guard said no."""


class _Unresolved(OSError):
    """The name has no address."""


class _Unconnected(OSError):
    """Nobody answers at the address."""


class Target(msgspec.Struct, frozen=True):
    """An address taken apart: where to connect, and how the request begins."""

    place: Place
    begin: bytes


def target(url: str, method: str = "POST") -> Target:
    """The parts of an address that the guard let pass."""
    parsed = URL(url)
    host, port = parsed.raw_host or "", parsed.port or 443
    shown = f"[{host}]" if ":" in host else host
    if port != (443 if parsed.scheme == "https" else 80):
        shown += f":{port}"
    begin = f"{method} {parsed.raw_path_qs} HTTP/1.1\r\nHost: {shown}\r\n".encode("ascii")
    return Target((parsed.scheme == "https", host, port), begin)


def request(at: Target, lines: str, body: bytes) -> bytes:
    """The bytes of one request; `lines` are its headers."""
    return b"%b%bContent-Length: %d\r\n\r\n%b" % (at.begin, lines.encode("ascii"), len(body), body)


class _Names:
    """Looks names up in threads of its own (a slow name server must not starve others)."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="webhook-dns")
        self._known: dict[tuple[str, int], tuple[float, asyncio.Future[list[Any]]]] = {}

    async def look_up(self, host: str, port: int) -> list[Any]:
        """Every address, as `socket.getaddrinfo` tells them; those who ask at the same time share the answer."""
        now = time.monotonic()
        known = self._known.get((host, port))
        if known is None or known[0] < now:
            if len(self._known) >= NAMES_MOST:
                self._known.clear()
            asking = asyncio.get_running_loop().run_in_executor(self._threads, _get_addresses, host, port)
            asking.add_done_callback(lambda done: self._forget_failure(host, port, done))
            known = self._known[host, port] = (now + RESOLVED_S, asking)
        return await asyncio.shield(known[1])

    def forget(self, host: str, port: int) -> None:
        """Nobody answered where the name led to: it is looked up again next time."""
        self._known.pop((host, port), None)

    def _forget_failure(self, host: str, port: int, done: asyncio.Future[list[Any]]) -> None:
        known = self._known.get((host, port))
        if (done.cancelled() or done.exception() is not None) and known is not None and known[1] is done:
            del self._known[host, port]

    def close(self) -> None:
        """Lets the threads go without waiting for a slow name server."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _get_addresses(host: str, port: int) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise _Unresolved("the host name cannot be found") from error


def _door(allowed: Sequence[Network], *, plain: bool) -> Any:
    """The socket factory: sees the address that is dialled, for literals and for every resolved one."""

    def open_socket(info: Any) -> socket.socket:
        family, kind, protocol, _, place = info
        address = ipaddress.ip_address(str(place[0]))
        if refusal := guard.why_not_resolved([address], allowed, plain=plain or place[1] != 443):
            raise Refused(refusal)
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    return open_socket


class Sender:
    """A pool of kept-alive connections behind the guard."""

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        tls: ssl.SSLContext | None = None,
        timeout_s: float = limits.WEBHOOK_TIMEOUT_S,
    ) -> None:
        self._allowed = tuple(allowed)
        self._tls = tls or ssl.create_default_context()
        self._timeout_s = timeout_s
        self._names, self._pool = _Names(), Pool(self._connect)
        self._doors = {plain: _door(self._allowed, plain=plain) for plain in (False, True)}
        self._target: Callable[[str], Target] = lru_cache(4096)(target)
        self._check: Callable[[str], str | None] = lru_cache(4096)(self._why_not)

    def _why_not(self, url: str) -> str | None:
        return guard.why_not_url(url, self._allowed)

    async def post(self, url: str, lines: str, body: bytes, *, now: datetime) -> Answer:
        """Sends once; `lines` are headers (`signing`). Never raises: whatever the other side does is in the answer."""
        started = time.perf_counter()
        if refusal := self._check(url):
            return Answer(Outcome.REFUSED, detail=refusal)
        try:
            at = self._target(url)
            reply = await self._pool.ask(at.place, request(at, lines, body), within_s=self._timeout_s)
            return _answer(reply, now, int((time.perf_counter() - started) * 1000))
        except (OSError, TimeoutError, Garbage) as error:
            answer = _failure(error)
        except Exception as error:  # a mistake of ours must cost an attempt, not loop on a lease for ever
            _log.exception("client_failed", url=url)
            answer = Answer(Outcome.GARBAGE, detail=_short(type(error).__name__))
        return msgspec.structs.replace(answer, latency_ms=int((time.perf_counter() - started) * 1000))

    async def look(self, url: str, headers: dict[str, str]) -> Reply | Answer:
        """Asks for a page and reads the head of what it answers; what prevented one, when none came. Never raises."""
        if refusal := self._check(url):
            return Answer(Outcome.REFUSED, detail=refusal)
        try:
            at = target(url, "GET")
            page = b"%b%b\r\n" % (at.begin, signing.lines(headers).encode("ascii"))
            return await self._pool.ask(at.place, page, within_s=self._timeout_s)
        except (OSError, TimeoutError, Garbage) as error:
            return _failure(error)

    async def _connect(self, place: Place) -> Connection:
        tls, host, port = place
        found = await self._names.look_up(host, port)
        addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
        if refusal := guard.why_not_resolved(addresses, self._allowed, plain=not tls or port != 443):
            raise Refused(refusal)
        try:
            opened = await aiohappyeyeballs.start_connection(
                found, happy_eyeballs_delay=_NEXT_ADDRESS_S, interleave=1, socket_factory=self._doors[not tls]
            )
        except Refused:
            raise
        except OSError as error:
            self._names.forget(host, port)
            raise _Unconnected(_short(error.strerror or str(error))) from error
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection, sock=opened, ssl=self._tls if tls else None, server_hostname=host if tls else None
            )
        except BaseException:
            opened.close()
            raise
        return connection

    async def close(self) -> None:
        """Closes every connection."""
        self._pool.close()
        self._names.close()


def _answer(reply: Reply, now: datetime, latency_ms: int) -> Answer:
    asked = reply.headers.get(b"retry-after")
    return Answer(
        _sort(reply.status),
        reply.status,
        body=_text(reply),
        retry_after=parse_retry_after(asked.decode("latin-1"), now=now) if asked else None,
        latency_ms=latency_ms,
    )


def _sort(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.OK
    if 300 <= status < 400:
        return Outcome.REDIRECT
    return Outcome.GONE if status == 410 else Outcome.STATUS


def _text(reply: Reply) -> str | None:
    kind = reply.headers.get(b"content-type", b"text/plain").lower()
    if not reply.body or reply.headers.get(b"content-encoding") or not kind.startswith(_TEXT):
        return None
    return _decoded(reply.body)


def _decoded(body: bytes) -> str | None:
    """The beginning of an answer as text; only a character that the limit cuts through is dropped. Binary is none."""
    try:
        text, _ = codecs.utf_8_decode(body[:CAPTURE_BYTES], "strict", len(body) <= CAPTURE_BYTES)
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _failure(error: Exception) -> Answer:
    match error:
        case Refused():
            return Answer(Outcome.REFUSED, detail=_short(str(error)))
        case Garbage():
            return Answer(Outcome.GARBAGE, detail=_short(str(error)))
        case TimeoutError():
            return Answer(Outcome.TIMEOUT, detail=f"no answer within {limits.WEBHOOK_TIMEOUT_S} s")
        case _Unresolved():
            return Answer(Outcome.DNS, detail=str(error))
        case _Unconnected():
            return Answer(Outcome.CONNECT, detail=str(error))
        case ssl.SSLError():
            return Answer(Outcome.TLS, detail=_short(str(error)))
        case _:
            return Answer(Outcome.RESET, detail="the connection was closed before an answer came")


def _short(text: str) -> str:
    return text.replace("\x00", "")[:_DETAIL_CHARACTERS]
