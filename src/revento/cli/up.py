"""`revento up`: everything in one process tree, ready in seconds, gone without a trace when told to stop."""

import errno
import fcntl
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import msgspec
import typer

from revento.cli import banner, edge, running, terminal
from revento.cli.terminal import Failed
from revento.kernel import db, files, migrations
from revento.kernel.config import Misconfigured, Settings
from revento.kernel.embedded import Embedded
from revento.kernel.secrets import load_or_create_key
from revento.workers import lifeline
from revento.workers.tree import Child, KeepsFalling, Tree

app = typer.Typer()
_READY_S: Final = 60.0
_LOOK_S: Final = 0.2
_ASK_S: Final = 0.05
_Workers = Annotated[int, typer.Option("--workers", min=1, help="Web processes; more than one needs Valkey.")]
_WithParent = Annotated[bool, typer.Option("--with-parent", help="Stop when the process that started this is gone.")]

_WithSandbox = Annotated[bool, typer.Option("--sandbox", help="Make the sandbox also when this is production.")]


@app.command()
def up(
    workers: _Workers = 1,
    with_parent: _WithParent = False,
    with_sandbox: _WithSandbox = False,
    json: terminal.Json = False,
) -> None:
    """Start everything: PostgreSQL, migrations, sandbox data, web and API, dispatcher, jobs."""
    if with_parent:
        lifeline.follow(os.getppid())
    settings = Settings.read(os.environ, env="development")
    running.refuse_many_without_valkey(workers, settings)
    _listen_for_stop()
    try:
        with ExitStack() as stack:
            try:
                tree = _start(settings, workers, with_sandbox, stack, banner.Steps(quiet=json))
                banner.welcome(settings, as_json=json)
                _look_after(tree)
            finally:
                _deafen()
    except KeyboardInterrupt:
        terminal.note("Stopped.", quiet=json)
    except KeepsFalling as error:
        raise Failed(str(error)) from error


def _listen_for_stop() -> None:
    """Ctrl-C and SIGTERM always stop us, a closed terminal unless we were told to survive it (`nohup`).

    SIGINT is set too: a shell without job control starts what runs in its background with SIGINT ignored.
    """
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _stop)


def _stop(_number: int, _frame: Any) -> NoReturn:
    raise KeyboardInterrupt


def _start(settings: Settings, workers: int, with_sandbox: bool, stack: ExitStack, steps: banner.Steps) -> Tree:
    """Brings everything up in order; what `stack` holds is stopped in the reverse one."""
    claim_data_dir(settings.data_dir, stack)
    check_port(settings.host, settings.port)
    tree = Tree(os.environ, settings.data_dir / "logs")
    stack.callback(tree.stop)  # when PostgreSQL won't start
    web = tree.start("web", "serve", "--workers", str(workers), early=True)  # importing takes longest
    with steps.step("PostgreSQL") as step:
        url = _database(settings, stack)
        step.say("yours, from DATABASE_URL" if settings.database_url else f"embedded, in {settings.data_dir}")
    stack.callback(tree.stop)  # before PostgreSQL stops
    with steps.step("Migrations"):
        _migrate(url)
    tree.go(_environ(settings, url))  # all get ready while the sandbox is made
    tree.start("dispatch", "dispatch")
    tree.start("jobs", "work")
    if with_sandbox or settings.development:
        with steps.step("Sandbox data") as step:
            sandbox = import_module("revento.cli.sandbox")  # takes half a second, for which the others need not wait
            sheet = edge.run_at(url, settings, sandbox.ensure)
            step.say(f"{len(sheet.events)} conventions, {len(sheet.people)} people")
    with steps.step("Web, API, dispatcher and jobs") as step:
        _await_ready(settings, web)
        step.say(f"logs in {settings.data_dir / 'logs'}")
    stack.enter_context(_announced(settings))
    return tree


def claim_data_dir(data_dir: Path, stack: ExitStack) -> None:
    """Makes the data directory ours alone until `stack` closes. Raises `Misconfigured`."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(data_dir / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        stack.callback(os.close, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Misconfigured("REVENTO_DATA_DIR", f"{data_dir} is in use by another `revento up`") from error
    except OSError as error:
        raise Misconfigured("REVENTO_DATA_DIR", f"cannot write to {data_dir}: {error.strerror}") from error


def check_port(host: str, port: int) -> None:
    """Sees that the web application will be able to listen. Raises `Misconfigured`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise Misconfigured("HOST", f"{host!r} is not an address of this machine") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                say = f"{port} is in use on {host}; stop what listens there or choose another, as in PORT={port + 1}"
                raise Misconfigured("PORT", say) from error
            raise Misconfigured("HOST", f"cannot listen on {host} port {port}: {error.strerror}") from error


def _deafen() -> None:
    """From here on things are being stopped: that is bounded and has an order, so further signals change nothing."""
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)


def _database(settings: Settings, stack: ExitStack) -> str:
    if settings.database_url is not None:
        db.reach(settings.database_url)
        return settings.database_url
    server = Embedded.start(settings.data_dir / edge.POSTGRES)
    stack.callback(server.stop)
    return server.url


def _migrate(url: str) -> None:
    try:
        migrations.upgrade(url)
    except Exception as error:
        raise Failed(f"the migrations failed, nothing was started: {str(error).splitlines()[0]}") from error


def _environ(settings: Settings, url: str) -> dict[str, str]:
    """What `up` has decided, for its children."""
    return {
        "DATABASE_URL": url,
        "REVENTO_ENV": settings.env,
        "REVENTO_DATA_DIR": str(settings.data_dir),
        "REVENTO_SECRET_KEY": settings.secret_key or load_or_create_key(settings.data_dir),
    }


def _await_ready(settings: Settings, web: Child) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 (looked for, not bound)
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/readyz"
    give_up_at = time.monotonic() + _READY_S
    while not _answers(url):
        if not web.is_running():
            raise Failed(f"the web application did not start: {web.last_words()} (see {web.log})")
        if time.monotonic() > give_up_at:
            raise Failed(f"the web application is not ready after {_READY_S:.0f} s (see {web.log})")
        time.sleep(_ASK_S)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (our own address)
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _announced(settings: Settings) -> Generator[None]:
    """Tells the commands that run beside us where we are, for as long as we run."""
    told = {"REVENTO_ENV": settings.env, "REVENTO_BASE_URL": settings.base_url, "PORT": str(settings.port)}
    if settings.database_url is not None:
        told["DATABASE_URL"] = settings.database_url
    path = settings.data_dir / edge.RUNNING
    files.write_private(path, msgspec.json.encode(told))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _look_after(tree: Tree) -> NoReturn:
    while True:
        for child in tree.watch():
            terminal.warn(f"{child.name} ended and was started again: {child.last_words()} (see {child.log})")
        time.sleep(_LOOK_S)
