"""What the people of a flow do with their hands, counted; a server's public address; the steps' times."""

import asyncio
import contextlib
import datetime
import ssl
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.async_api import Locator, Page

from tests.browser.conftest import go_on


class Steps:
    """How long each step took, and what a person had to do in it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, float, int]] = []
        self.count = 0

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        began, before = time.monotonic(), self.count
        yield
        self.done.append((name, time.monotonic() - began, self.count - before))

    def __str__(self) -> str:
        lines = [f"{name:<64} {took:6.1f} s  {count:3} interactions" for name, took, count in self.done]
        return "\n".join(lines)


class Hand:
    """One person's hand on her pages. Each click, each field, each paste is one interaction."""

    def __init__(self, page: Page, steps: Steps) -> None:
        self.page, self.steps = page, steps

    async def click(self, target: str | Locator) -> None:
        """Clicks what stays on the page."""
        self.steps.count += 1
        await self._at(target).click()

    async def go(self, target: str | Locator) -> None:
        """Clicks what leads to another page, and waits until that one has loaded."""
        self.steps.count += 1
        await go_on(self.page, target)

    async def type(self, target: str | Locator, text: str) -> None:
        self.steps.count += 1
        await self._at(target).fill(text)

    async def choose(self, target: str, value: str) -> None:
        self.steps.count += 1
        await self.page.select_option(target, value)

    async def button(self, name: str) -> None:
        """Presses the first button of the page's content that is called so; another page comes."""
        await self.go(self.page.locator("main").get_by_role("button", name=name, exact=True).first)

    async def follow(self, name: str) -> None:
        """Follows the first link of the page that is called so."""
        await self.go(self.page.get_by_role("link", name=name, exact=True).first)

    def pasted(self) -> None:
        """Something was copied from the page and pasted elsewhere."""
        self.steps.count += 1

    def _at(self, target: str | Locator) -> Locator:
        return self.page.locator(target).first if isinstance(target, str) else target


def certificate(folder: Path, host: str) -> ssl.SSLContext:
    """A certificate for a host, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context


@asynccontextmanager
async def public(folder: Path, host: str, port: int) -> AsyncGenerator[str]:
    """An https address in front of a server on loopback, as a hosting company puts it there."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(carry(reader, back), carry(there, writer))

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=certificate(folder, host))
    yield f"https://{host}:{server.sockets[0].getsockname()[1]}"
    server.close()
