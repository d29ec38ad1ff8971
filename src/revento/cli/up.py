"""`revento up`: everything in one process tree, ready in seconds, gone without a trace when told to stop."""

import errno
import fcntl
import os
import signal
import socket
import time
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from revento.cli import banner, terminal, web_workers
from revento.cli.terminal import Failed
from revento.kernel.config import Misconfigured, Settings
from revento.workers import lifeline
from revento.workers.tree import KeepsFalling, Tree

app = typer.Typer()
_LOOK_S: Final = 0.2
_WithParent = Annotated[bool, typer.Option("--with-parent", help="Stop when the process that started this is gone.")]

_WithSandbox = Annotated[bool, typer.Option("--sandbox", help="Make the sandbox also when this is production.")]


@app.command()
def up(
    workers: web_workers.Workers = 1,
    with_parent: _WithParent = False,
    with_sandbox: _WithSandbox = False,
    json: terminal.Json = False,
) -> None:
    """Start everything: PostgreSQL, migrations, sandbox data, web and API, dispatcher, jobs."""
    if with_parent:
        lifeline.follow(os.getppid())
    settings = Settings.read(os.environ, env="development")
    web_workers.refuse_many_without_valkey(workers, settings)
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
    import_module("revento.cli.bringing_up").bring_up(settings, tree, web, stack, steps, with_sandbox=with_sandbox)
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


def _look_after(tree: Tree) -> NoReturn:
    while True:
        for child in tree.watch():
            terminal.warn(f"{child.name} ended and was started again: {child.last_words()} (see {child.log})")
        time.sleep(_LOOK_S)
