"""What the webhook benchmark stands on: a durable PostgreSQL, connections, processes and their figures."""

import asyncio
import base64
import contextlib
import datetime as dt
import ipaddress
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.conftest import TEMPLATE, execute, named
from tests.webhooks import processes, world

from revento.contract import topics
from revento.contract.v1.event import EventUpdated
from revento.kernel import migrations
from revento.kernel.db import Database
from revento.kernel.embedded import Embedded
from revento.webhooks.outbox import actions as outbox

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Seen:
    """A delivery as the receiver saw it: when it was answered, on which path."""

    at: float
    path: str
    message: str
    delivery: str


class Receiver:
    """The receiver's process."""

    def __init__(self, process: subprocess.Popen[str], *, tls: bool) -> None:
        assert process.stdout is not None
        port, plain = process.stdout.readline().split()
        self.process = process
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        self.plain = f"http://127.0.0.1:{plain}"

    def count(self) -> int:
        """How many requests came so far."""
        with urlopen(f"{self.plain}/count") as answer:
            return int(answer.read())

    def take(self) -> list[Seen]:
        """What came since the last time."""
        with urlopen(f"{self.plain}/take") as answer:
            lines = answer.read().decode().splitlines()
        return [Seen(float(at), *rest) for at, *rest in (line.split(" ") for line in lines)]


@contextlib.contextmanager
def receiving(certificate: Path | None = None) -> Iterator[Receiver]:
    """A receiver for a while."""
    own = [str(certificate)] if certificate else []
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.tools.receiver", *own], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Receiver(process, tls=certificate is not None)
    finally:
        process.kill()
        process.wait()


def certified(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    made = made.add_extension(address, critical=False)
    signed = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "receiver.pem"
    path.write_bytes(secret + signed.public_bytes(Encoding.PEM))
    return path


@dataclass
class Stage:
    """One scenario's database, opened."""

    url: str
    db: Database
    folder: Path
    worlds: list[world.World] = field(default_factory=list)

    async def connect(self, urls: list[list[str]]) -> None:
        """An event for each list, with a connection for each address in it."""
        async with self.db.tx() as tx:
            for each in urls:
                made = await world.make(tx)
                for url in each:
                    await world.connect(tx, made, url)
                self.worlds.append(made)

    async def tell(self, times: int, *, size: int) -> None:
        """So many changes in all, spread over the events, in one transaction: nobody sees any before all are there."""
        each = max(1, min(250, times // len(self.worlds)))
        async with self.db.tx() as tx:
            for n in range(0, times, each):
                at = self.worlds[n // each % len(self.worlds)]
                await outbox.put_many(
                    tx,
                    topics.EVENT_UPDATED,
                    event_id=at.event_id,
                    organization_id=at.organization_id,
                    happenings=[payload(at, size)] * min(each, times - n),
                    now=dt.datetime.now(dt.UTC),
                )


@contextlib.contextmanager
def durable(folder: Path) -> Iterator[Embedded]:
    """A server as `revento up` starts it, with a migrated template."""
    postgres = Embedded.start(folder / "pg")
    try:
        execute(postgres.url, f"CREATE DATABASE {TEMPLATE}")
        migrations.upgrade(named(postgres.url, TEMPLATE))
        yield postgres
    finally:
        postgres.stop()


@contextlib.asynccontextmanager
async def staged(postgres: Embedded, folder: Path, name: str) -> AsyncGenerator[Stage]:
    """A database of its own for a scenario."""
    database = f"bench_{name}"
    execute(postgres.url, f"CREATE DATABASE {database} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    url = named(postgres.url, database)
    db = await Database.open(url, size=4)
    try:
        yield Stage(url, db, folder)
    finally:
        await db.close()
        execute(postgres.url, f"DROP DATABASE {database} WITH (FORCE)")


def payload(at: world.World, size: int) -> EventUpdated:
    """A change whose body has about `size` bytes that do not compress well."""
    plain = world.event_updated(at)
    text = base64.b85encode(random.randbytes(size)).decode().replace("\\", "/")
    return msgspec.structs.replace(plain, description=text[: max(0, size - 560)])


class Dispatcher:
    """A `revento dispatch`, with what it used of processor and memory."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def used_s(self) -> float:
        """Processor seconds so far."""
        return used_s(self.process.pid)

    def peak_mib(self) -> float:
        """The most memory it ever had resident."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def used_s(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_used_s(pid: int) -> float:
    """Processor seconds of a process, its children and those of them that ended."""
    used = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            owner, fields = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
            if owner == pid:
                used += sum(int(each) for each in fields[11:15]) / TICKS
            elif int(fields[1]) == pid:
                used += (int(fields[11]) + int(fields[12])) / TICKS
    return used


@contextlib.contextmanager
def dispatching(stage: Stage, n: int = 1, *, trust: Path | None = None) -> Iterator[list[Dispatcher]]:
    """So many dispatchers for a while."""
    environ = processes.environ(stage.url, stage.folder, ladder="0,5,30,120")
    if trust is not None:
        environ["SSL_CERT_FILE"] = str(trust)
    running: list[subprocess.Popen[bytes]] = []
    try:
        with (stage.folder / "dispatch.log").open("ab") as log:
            for _ in range(n):
                command = [sys.executable, "-m", "revento.cli", "dispatch"]
                running.append(subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        yield [Dispatcher(each) for each in running]
    finally:
        for each in running:
            each.send_signal(signal.SIGTERM)
        for each in running:
            try:
                each.wait(15)
            except subprocess.TimeoutExpired:
                each.kill()


async def shared_by(stage: Stage, n: int) -> None:
    """Waits until `n` dispatchers have divided the endpoints."""
    fair = "SELECT count(DISTINCT owner) = %(n)s AND count(owner) = 16 FROM dispatch_shards"
    async with asyncio.timeout(60):
        while True:
            async with stage.db.tx() as tx:
                if await tx.one(bool, fair, n=n):
                    return
            await asyncio.sleep(0.05)


def quantile(values: list[float], q: float) -> float:
    """Of measured values; `nan` when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * q))] if ordered else float("nan")


def now() -> float:
    """The wall clock that receiver and writer share."""
    return time.time()
