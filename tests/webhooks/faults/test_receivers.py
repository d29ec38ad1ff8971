"""Receivers that misbehave: the right error code, in bounded time and memory."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from revento.webhooks.deliver import CAPTURE_BYTES, Sender
from revento.webhooks.retries import Answer, Outcome
from tests.webhooks import receivers
from tests.webhooks.conftest import LOOPBACK

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
NOW = datetime(2026, 7, 10, 14, tzinfo=UTC)


@asynccontextmanager
async def misbehaving(talk: Talk) -> AsyncGenerator[str]:
    """A server that reads the request's head and then does as `talk` does."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    finally:
        server.close()


async def post(talk: Talk, *, timeout_s: float) -> Answer:
    sender = Sender(allowed=LOOPBACK, timeout_s=timeout_s)
    async with misbehaving(talk) as url:
        try:
            return await sender.post(url, "", b"{}", now=NOW)
        finally:
            await sender.close()


def saying(*pieces: bytes) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return talk


async def hangs(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def resets(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def sends_a_gigabyte(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n")
    for _ in range(16_384):
        writer.write(b"x" * 65_536)
        await writer.drain()


async def drips_headers(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def drips_a_body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


BOMB = gzip.compress(b"\0" * 10_000_000)
HEAD = b"HTTP/1.1 200 OK\r\n"
FAULTS = [
    ("hangs", hangs, Outcome.TIMEOUT),
    ("drips headers", drips_headers, Outcome.TIMEOUT),
    ("closes at once", saying(), Outcome.RESET),
    ("resets", resets, Outcome.RESET),
    ("says garbage", saying(b"\x00\xff\xfeHELLO\r\n\r\n"), Outcome.GARBAGE),
    ("says SMTP", saying(b"220 mail.example ESMTP\r\n"), Outcome.GARBAGE),
    ("has 100,000 headers", saying(HEAD, *[b"X-A: b\r\n" * 1000] * 100, b"\r\n"), Outcome.GARBAGE),
    ("has a header of 1 MB", saying(HEAD, b"X-A: " + b"b" * 1_000_000 + b"\r\n\r\n"), Outcome.GARBAGE),
]


@pytest.mark.parametrize(("talk", "outcome"), [pytest.param(talk, outcome, id=id) for id, talk, outcome in FAULTS])
async def test_a_misbehaving_receiver_is_a_failed_try_of_its_kind(talk, outcome) -> None:
    answer = await post(talk, timeout_s=1 if outcome is Outcome.TIMEOUT else 30)
    assert answer.outcome is outcome
    assert answer.detail


async def test_a_body_beyond_bounds_is_cut_and_the_answer_counts() -> None:
    answer = await post(sends_a_gigabyte, timeout_s=30)
    assert answer.outcome is Outcome.OK
    assert answer.body == "x" * CAPTURE_BYTES


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("grün ✓".encode(), "grün ✓"),
        (b"x" * (CAPTURE_BYTES - 1) + "✓ and more".encode(), "x" * (CAPTURE_BYTES - 1)),
        (b"x" * (CAPTURE_BYTES - 3) + "✓".encode(), "x" * (CAPTURE_BYTES - 3) + "✓"),
        (b"x" * (CAPTURE_BYTES - 1) + b"\xff and more", None),
        (b"x" * (CAPTURE_BYTES - 1) + b"\xe2", None),
        (b"cut off \xe2\x9c", None),
        (b"gr\xfcn", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"looks\x00like text", None),
    ],
    ids=["text", "cut by the limit", "just fits", "not by the limit", "its own fault", "short", "latin", "png", "nul"],
)
async def test_of_an_answer_only_text_is_kept(body, kept) -> None:
    head = b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer = await post(saying(HEAD, head, body), timeout_s=30)
    assert (answer.outcome, answer.body) == (Outcome.OK, kept)


async def test_a_dripped_body_does_not_take_back_the_status() -> None:
    assert (await post(drips_a_body, timeout_s=30)).outcome is Outcome.OK


async def test_a_gzip_bomb_is_not_opened() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB)
    answer = await post(saying(head, BOMB), timeout_s=30)
    assert (answer.outcome, answer.body) == (Outcome.OK, None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_failures_and_their_target_is_never_visited(status) -> None:
    async with receivers.listening() as target:
        location = f"HTTP/1.1 {status} Moved\r\nLocation: {target.url}\r\nContent-Length: 0\r\n\r\n"
        answer = await post(saying(location.encode()), timeout_s=30)
        assert (answer.outcome, answer.status) == (Outcome.REDIRECT, status)
        assert target.got == []


async def test_nobody_listens() -> None:
    async with misbehaving(hangs) as url:
        pass
    sender = Sender(allowed=LOOPBACK)
    try:
        assert (await sender.post(url, "", b"{}", now=NOW)).outcome is Outcome.CONNECT
    finally:
        await sender.close()


async def test_an_expired_or_unknown_certificate_is_refused(tmp_path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(expired_certificate(tmp_path / "expired.pem"))
    server = await asyncio.start_server(hangs, "127.0.0.1", 0, ssl=tls)
    sender = Sender(allowed=LOOPBACK)
    try:
        port = server.sockets[0].getsockname()[1]
        answer = await sender.post(f"https://127.0.0.1:{port}/hook", "", b"{}", now=NOW)
        assert answer.outcome is Outcome.TLS
    finally:
        server.close()
        await sender.close()


def expired_certificate(path: Path) -> Path:
    """A certificate of 2020 for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 2, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path
