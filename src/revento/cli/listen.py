"""`revento listen`: deliveries on a machine that nobody can reach from outside, over the pull feed (contract §6.8)."""

import base64
import json as jsons
import select
import sys
import termios
import time
import tty
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.markup import escape

from revento.cli import server, terminal
from revento.cli.server import Client
from revento.cli.terminal import Failed
from revento.contract import headers as names
from revento.contract import limits
from revento.webhooks import signing

app = typer.Typer()
_PAGE: Final = 50
_WAIT_S: Final = 20
_ASK_EVERY_S: Final = 1.0  # while something waits to be tried again; the feed allows 60 a minute
_KEYS_WAIT_S: Final = 2  # with a keyboard to watch, ask more often, so that a key is answered soon
_AGAIN_S: Final = (2.0, 10.0, 60.0)


class Pulled(msgspec.Struct):
    """One delivery out of the feed, and how often forwarding it has failed here."""

    id: str
    type: str
    sequence: int
    headers: dict[str, str]
    body: bytes
    tries: int = 0
    due_at: float = 0.0


@app.command()
def listen(
    forward_to: Annotated[str, typer.Option("--forward-to", metavar="URL", help="Where your code waits for webhooks.")],
    secret: Annotated[str | None, typer.Option("--webhook-secret", help="REVENTO_WEBHOOK_SECRET.")] = None,
    count: Annotated[int | None, typer.Option("--count", min=1, help="End after so many were delivered.")] = None,
    new_only: Annotated[bool, typer.Option("--new-only", help="Leave what waits already.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also what was delivered to your webhook_url.")] = False,
    at: server.Server = None,
    client_id: server.ClientId = None,
    client_secret: server.ClientSecret = None,
    json: terminal.Json = False,
) -> None:
    """Forward every delivery to a local address, signed with your real secret. r sends the last one again, q ends."""
    client = Client(at, client_id, client_secret)
    listener = Listener(client, forward_to, server.setting(secret, "REVENTO_WEBHOOK_SECRET"), every, json)
    name = client.ask("GET", "")["name"]  # nobody is told that we listen before the server knows us
    if new_only:
        listener.skip()
    listener.say(f"Listening at {client.base_url} as {name}; forwarding to {forward_to}")
    with _keyboard() as has_keys:
        while count is None or listener.delivered < count:
            listener.turn(_KEYS_WAIT_S if has_keys else _WAIT_S)
            if has_keys and not _obey(listener):
                return


class Listener:
    """Pulls, signs, forwards, acknowledges. What the local code refuses is tried again, and stays in the feed."""

    def __init__(self, client: Client, forward_to: str, secret: str, every: bool, json: bool) -> None:
        self._client, self._forward_to, self._secret = client, forward_to, secret
        self._only = "all" if every else "open"
        self._json = json
        self._cursor: str | None = None
        self._failed: list[Pulled] = []
        self._asked_at = float("-inf")
        self.last: Pulled | None = None
        self.delivered = 0

    def say(self, text: str) -> None:
        """A word to people; nothing when programs read."""
        if not self._json:
            terminal.out.print(text, markup=False)

    def skip(self) -> None:
        """Moves behind everything that waits already."""
        while self._pull(0):
            pass

    def turn(self, wait_s: int) -> None:
        """Retries what is due, or asks for more, waiting up to `wait_s` seconds for it."""
        now = time.monotonic()
        due = [one for one in self._failed if one.due_at <= now]
        self._failed = [one for one in self._failed if one.due_at > now]
        for one in due:
            self._deliver(one)
        if due:
            return
        soon = max(0.0, min((one.due_at - now for one in self._failed), default=wait_s))
        rest = self._asked_at + _ASK_EVERY_S - now
        if soon < 1 and rest > 0:  # the feed waits for whole seconds: asking meanwhile would use up its budget
            time.sleep(min(soon, rest))
            return
        self._asked_at = now
        for one in self._pull(int(min(wait_s, soon))):
            self._deliver(one)

    def again(self) -> None:
        """Sends the last delivery once more, marked as a replay."""
        if self.last is None:
            self.say("Nothing to send again yet.")
        else:
            self._forward(self.last, {names.WEBHOOK_REPLAY: "true"})

    def _pull(self, wait_s: int) -> list[Pulled]:
        query = {"cursor": self._cursor, "wait": wait_s, "limit": _PAGE, "only": self._only}
        page = self._client.ask("GET", "/deliveries", query=query, wait_s=wait_s)
        self._cursor = page["next_cursor"] or self._cursor
        return [
            Pulled(
                id=item["id"],
                type=item["type"],
                sequence=item["sequence"],
                headers=item["headers"],
                body=base64.b64decode(item["body"]),
            )
            for item in page["data"]
        ]

    def _deliver(self, one: Pulled) -> None:
        self.last = one
        if self._forward(one, {}):
            self._client.ask("POST", "/deliveries/ack", body={"ids": [one.id]})
            self.delivered += 1
            return
        one.due_at = time.monotonic() + _AGAIN_S[min(one.tries, len(_AGAIN_S) - 1)]
        one.tries += 1
        self._failed.append(one)

    def _forward(self, one: Pulled, more: dict[str, str]) -> bool:
        signed = signing.headers_for(
            delivery_id=one.id,
            topic=one.type,
            attempt=one.tries + 1,
            sequence=one.sequence,
            is_replay=False,
            secrets=[self._secret],
            timestamp=int(time.time()),
            body=one.body,
        )
        try:
            answer = server.request(
                "POST", self._forward_to, signed.headers | more, one.body, timeout_s=limits.WEBHOOK_TIMEOUT_S
            )
            status, took_ms, error = answer.status, round(answer.took_s * 1000), None
        except Failed as failed:
            status, took_ms, error = 0, 0, str(failed)
        self._tell(one, status, took_ms, error, is_replay=bool(more))
        return 200 <= status < 300

    def _tell(self, one: Pulled, status: int, took_ms: int, error: str | None, *, is_replay: bool) -> None:
        if self._json:
            line: dict[str, Any] = {"id": one.id, "type": one.type, "sequence": one.sequence, "status": status}
            print(jsons.dumps(line | {"took_ms": took_ms, "error": error, "replay": is_replay}), flush=True)
            return
        colour = "green" if 200 <= status < 300 else "red"
        word = f"{status}" if status else "---"
        resource = jsons.loads(one.body)["data"].get("id", "")
        what = f"{took_ms} ms" if error is None else escape(error)
        note = " (again)" if is_replay else f" (try {one.tries + 1})" if one.tries else ""
        terminal.out.print(
            f"{time.strftime('%H:%M:%S')} [{colour}]{word}[/] {one.type:38} #{one.sequence:<6} {resource} {what}{note}"
        )


@contextmanager
def _keyboard() -> Generator[bool]:
    """Keys one at a time, when there is a keyboard; whether there is."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield False
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield True
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _obey(listener: Listener) -> bool:
    """Does what the pressed keys say; whether to go on."""
    while select.select([sys.stdin], [], [], 0)[0]:
        key = sys.stdin.read(1)
        if key == "q":
            return False
        if key == "r":
            listener.again()
    return True
