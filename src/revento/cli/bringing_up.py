"""What `revento up` does until everything answers. It imports drivers, so it is imported when the web is on its way."""

import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Final

import msgspec

from revento.cli import banner, edge
from revento.cli.terminal import Failed
from revento.kernel import db, files, migrations
from revento.kernel.config import Settings
from revento.kernel.embedded import Embedded
from revento.kernel.secrets import load_or_create_key
from revento.workers.tree import Child, Tree

_READY_S: Final = 60.0
_ASK_S: Final = 0.05


def bring_up(
    settings: Settings, tree: Tree, web: Child, stack: ExitStack, steps: banner.Steps, *, with_sandbox: bool
) -> None:
    """Database, migrations, processes and sandbox, in order; `web` was started early, `stack` stops what it holds."""
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
