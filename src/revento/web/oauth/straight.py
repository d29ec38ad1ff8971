"""The token endpoint's straight way, raw ASGI in front of the framework (docs/adr/004).

A refresh or a redemption where nothing is odd is answered here. Everything else, refusals first of all, goes on to the
handler behind it, with the body that was read already: there is one place that says no.
"""

from collections.abc import Iterable
from typing import Final

from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from revento.contract.errors import Refused
from revento.contract.v1.wire import encode
from revento.kernel.reader import ReaderUnreachable
from revento.oauth.families import shapes
from revento.oauth.families.models import TokenPair
from revento.oauth.straight import actions
from revento.oauth.straight.actions import Race
from revento.web.oauth import wire
from revento.web.oauth.rfc6749_token import Redeeming, Refreshing, asked_for
from revento.web.oauth.wire import Shown
from revento.web.shared import requests
from revento.web.shared.edge import Services, services

_HEADERS: Final = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"pragma", b"no-cache"),
)


class TokenEndpoint:
    """`POST /oauth/token` as ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way: set[str | None] = set()  # codes that are being redeemed here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with a token pair, or hands on."""
        if scope["type"] != "http" or scope["path"] != "/oauth/token" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body, came = await _whole(scope, receive)
        read = None if body is None else _read(scope, body)
        code = self._first_with(scope, read[1].code) if read and isinstance(read[1], Redeeming) else None
        try:
            pair = read and await _trade(scope, *read, services(scope["litestar_app"].state))
            if pair is None:
                await self._app(scope, _again(came, receive), self._answering(code, send))
            else:
                self._under_way.discard(code)
                await _answer(send, pair)
        finally:
            self._under_way.discard(code)

    def _first_with(self, scope: Scope, code: str) -> str | None:
        """The code, counted as under way until its answer begins; `None` for who comes with it too before that.

        The database alone would take a call for a replay that came while another was committing, and waited its turn.
        """
        if code in self._under_way:
            requests.note_lost_race(scope)
            return None
        self._under_way.add(code)
        return code

    def _answering(self, code: str | None, send: Send) -> Send:
        async def answer(message: Message) -> None:
            self._under_way.discard(code)
            await send(message)

        return answer


async def _whole(scope: Scope, receive: Receive) -> tuple[bytes | None, list[HTTPReceiveMessage]]:
    """The body, `None` when it is too long or breaks off; and the messages that it came in.

    A server may say `more_body` with the last piece and follow it with an empty one (Granian does): waiting for that
    would cost a turn of the loop, so a body that is as long as its `Content-Length` is whole.
    """
    announced = _only(scope["headers"], b"content-length")
    expected = int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 9 else None
    body, came = b"", list[HTTPReceiveMessage]()
    while True:
        message = await receive()
        came.append(message)  # pyright: ignore[reportArgumentType]
        if message["type"] != "http.request":
            return None, came
        body += message["body"]
        if len(body) > wire.MOST_BYTES:
            return None, came
        if not message["more_body"] or len(body) == expected:
            return body, came


def _again(came: list[HTTPReceiveMessage], receive: Receive) -> Receive:
    """What was received already, once more, then what follows."""
    left = iter(came)

    async def replay() -> HTTPReceiveMessage:
        return next(left, None) or await receive()  # pyright: ignore[reportReturnType]

    return replay


async def _trade(scope: Scope, shown: Shown, asked: Redeeming | Refreshing, provided: Services) -> TokenPair | None:
    own, keys, now = (provided.writer, shown.client_id, shown.secret), provided.keys, provided.clock.now()
    try:
        if isinstance(asked, Refreshing):
            return await actions.refresh(*own, asked.refresh_token, asked.scope, keys=keys, now=now)
        traded = await actions.redeem(*own, asked.code, asked.redirect_uri, asked.verifier, keys=keys, now=now)
    except ReaderUnreachable:
        return None
    if isinstance(traded, Race):
        requests.note_lost_race(scope)
        return None
    return traded


def _read(scope: Scope, body: bytes) -> tuple[Shown, Redeeming | Refreshing] | None:
    if scope["query_string"] or not wire.is_form(_only(scope["headers"], b"content-type")):
        return None
    by = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
    try:
        fields = wire.fields_of(body)
        shown = wire.shown_by(by, fields)
        return (shown, asked_for(fields)) if shown else None
    except Refused:
        return None


def _only(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    found = [value for name, value in headers if name == wanted]
    return found[0].decode("latin-1") if len(found) == 1 else ""


async def _answer(send: Send, pair: TokenPair) -> None:
    body = encode(shapes.tokens(pair))
    headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
