"""One run of the kit, check by check."""

import asyncio
import os
import shlex
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from revento.cli.conformance import connect_checks, token_checks, webhook_checks, webview_checks
from revento.cli.conformance.browser import Browser
from revento.cli.conformance.kit import Kit, Target
from revento.cli.conformance.models import Check, Finding, Outcome, Status
from revento.cli.conformance.provider import Provider
from revento.cli.terminal import Failed

CHECKS = (*webhook_checks.CHECKS, *connect_checks.CHECKS, *token_checks.CHECKS, *webview_checks.CHECKS)
_START_S = 30.0


def chosen(only: Sequence[str], skip: Sequence[str]) -> list[Check]:
    """The checks whose id begins with one of `only` (all, when empty) and with none of `skip`. Raises `Failed`."""
    for word in (*only, *skip):
        if not any(check.id.startswith(word) for check in CHECKS):
            raise Failed(f"no check begins with {word!r}; `revento check --list` shows them")
    wanted = [check for check in CHECKS if not only or check.id.startswith(tuple(only))]
    return [check for check in wanted if not check.id.startswith(tuple(skip) or "\0")]


async def run(
    target: Target, checks: Sequence[Check], *, port: int, start: str | None, tell: Callable[[Finding], None]
) -> list[Finding]:
    """Runs the checks in order, each told as it is done. Raises `Failed` when nothing answers at the target."""
    provider = Provider(target.client_id, target.client_secret, target.event_id)
    try:
        await provider.start(port)
    except OSError as error:
        raise Failed(f"cannot listen on 127.0.0.1:{port} for the kit's own Revento: {error.strerror}") from error
    findings: list[Finding] = []
    try:
        async with _started(start, target, provider.url) as child, Browser() as browser:
            kit = Kit(target, browser, provider)
            await _answering(kit, child)
            for check in checks:
                findings.append(await _one(check, kit))
                tell(findings[-1])
    finally:
        await provider.stop()
    return findings


async def _one(check: Check, kit: Kit) -> Finding:
    kit.provider.behave()
    began = time.monotonic()
    outcome: Outcome = await check.run(kit)
    took = round((time.monotonic() - began) * 1000)
    return Finding(check.id, check.title, outcome.status, outcome.sent, outcome.got, check.why, check.read, took)


async def _answering(kit: Kit, child: Process | None) -> None:
    """Waits for the integration; one that the kit has started is given time, unless it has ended by itself."""
    ends_at = time.monotonic() + (0 if child is None else _START_S)
    while (answer := await kit.browser.get(kit.target.base_url)).status == 0:
        if child is not None and child.returncode is not None:
            raise Failed(f"--start: the command ended with {child.returncode}; its own words are above")
        if time.monotonic() >= ends_at:
            raise Failed(f"nothing answers at {kit.target.base_url}: {answer.text}")
        await asyncio.sleep(0.1)


@asynccontextmanager
async def _started(command: str | None, target: Target, provider_url: str) -> AsyncGenerator[Process | None]:
    """The integration as a child process, told to talk to the kit's own Revento; nothing without a command."""
    if command is None:
        yield None
        return
    told = {
        "REVENTO_BASE_URL": provider_url,
        "REVENTO_CLIENT_ID": target.client_id,
        "REVENTO_CLIENT_SECRET": target.client_secret,
        "REVENTO_WEBHOOK_SECRET": target.webhook_secret,
        "REVENTO_REDIRECT_URI": target.redirect_uri,
        "SANDBOX_EVENT_ID": target.event_id,
        "PORT": str(urlsplit(target.base_url).port or 80),
    }
    try:
        child = await asyncio.create_subprocess_exec(
            *shlex.split(command),
            env=os.environ | told,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise Failed(f"--start: {error}") from error
    try:
        yield child
    finally:
        if child.returncode is None:
            os.killpg(child.pid, signal.SIGTERM)
            await child.wait()


def failures(findings: Sequence[Finding], *, strict: bool) -> list[Finding]:
    """What makes the run fail; `strict` counts the unseen and advice too."""
    bad = {Status.FAIL, Status.WARN, Status.UNKNOWN} if strict else {Status.FAIL}
    return [found for found in findings if found.status in bad]
