"""The read API's own edge, raw ASGI in front of the framework (docs/adr: the API's hot path).

It answers every path of the endpoint table and leaves all others alone. Order of the checks: contract §2.4.
"""

import time
from datetime import datetime
from typing import Any, Final, cast

import msgspec
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from revento.access.models import Read
from revento.contract import endpoints, errors
from revento.contract.endpoints import Endpoint
from revento.contract.errors import Reason, Refused
from revento.contract.headers import REQUEST_ID
from revento.events.reading.models import Place
from revento.kernel import log
from revento.kernel.reader import Away
from revento.oauth.bearers import queries as bearers
from revento.oauth.bearers.models import Bearer
from revento.web.api import access, answers, parameters, routing, v1, versions
from revento.web.api.announcements import Announcements
from revento.web.api.answers import Answer, Headers
from revento.web.api.call import Ahead, Call, Content
from revento.web.api.parameters import Wanted
from revento.web.api.versions import Negotiated, Negotiator, Version
from revento.web.shared import requests
from revento.web.shared.edge import Services, services
from revento.web.shared.errors import error_headers, json_body
from revento.web.shared.limits import Verdict

_BODY_MOST: Final = 65_536  # bytes that come with a GET and are ignored; more is refused
_logger: Final = log.logger("api")


class Passage(msgspec.Struct):
    """What became known of one request on its way; the request log is written from it."""

    endpoint: Endpoint
    ids: tuple[str, ...]
    address: str
    bearer: Bearer | None = None
    negotiated: Negotiated | None = None
    verdict: Verdict | None = None
    entered: bool = False
    rows: int = 0


class ReadApi:
    """The read API as ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, *, offered: tuple[Version, ...] = versions.ALL) -> None:
        self._app = app
        self._negotiator = Negotiator(offered)
        self._announcements = Announcements()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or hands on what is not the read API's."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
        else:
            await self._enter(cast(HTTPScope, scope), receive, send)

    async def _enter(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        found = routing.match(scope["path"])
        if found is None:
            if (refusal := _misnamed(scope)) is None:
                await self._app(scope, receive, send)
            else:
                answer = _error(scope, refusal.reason, refusal.say, refusal.extra)
                await answers.send_answer(send, answer, with_body=scope["method"] != "HEAD")
        elif scope["method"] not in routing.ALLOWED:
            answer = _error(scope, errors.METHOD_NOT_ALLOWED, None, {"allowed": list(routing.ALLOWED)})
            answer.headers += await _standing(scope)
            await answers.send_answer(send, answer, with_body=True)
        elif scope["method"] == "OPTIONS":
            allow = (b"allow", ", ".join(routing.ALLOWED).encode())
            await answers.send_answer(send, Answer(204, b"", [allow]), with_body=False)
        else:
            await self._read(scope, send, *found)

    async def _read(self, scope: HTTPScope, send: Send, endpoint: Endpoint, ids: tuple[str, ...]) -> None:
        provided = services(scope["litestar_app"].state)
        client = scope.get("client")
        passage = Passage(endpoint, ids, client[0] if client else "")
        began, answer = time.perf_counter(), None
        try:
            answer = await self._answer(scope, provided, passage)
            await answers.send_answer(send, answer, with_body=scope["method"] != "HEAD")
        finally:
            if passage.entered and passage.bearer is not None:
                await provided.limits.leave(passage.bearer.family_id)
            _note(scope, provided, passage, answer, time.perf_counter() - began)

    async def _answer(self, scope: Scope, provided: Services, passage: Passage) -> Answer:
        try:
            found = await self._found(scope, provided, passage)
            assert passage.negotiated is not None
            answer = await self._rendered(scope, passage.endpoint, found, passage.negotiated)
            name = passage.negotiated.version.name
            answer.headers += await self._announcements.headers(provided.tokens, name, passage.endpoint)
            passage.rows = found.rows
        except Refused as refusal:
            answer = await _refusal(scope, provided, passage, refusal)
        except Away as error:
            _logger.error("database_unreachable", error=str(error))
            answer = _error(scope, errors.SERVICE_UNAVAILABLE)
        except Exception as error:
            _logger.error("unhandled", path=scope["path"], exc_info=error)
            answer = _error(scope, errors.INTERNAL_ERROR)
        if passage.verdict is not None:
            answer.headers += answers.limit_headers(passage.verdict)
        return answer

    async def _found(self, scope: Scope, provided: Services, passage: Passage) -> Content:
        """The checks of contract §2.4, then the document. Raises `Refused` with the first thing that is wrong."""
        now = provided.clock.now()
        token = access.presented(answers.header(scope, b"authorization"))
        keys = provided.keys.every("cursor")
        bearer, ahead = await _known(provided, token, passage, scope["query_string"], keys, now)
        passage.bearer = bearer
        access.alive(bearer, now)
        budget = access.budget(bearer)
        if bearer.is_unused:
            async with provided.db.tx() as tx:
                await bearers.mark_used(tx, bearer.token, now=now)
        passage.negotiated = self._negotiator.choose(answers.header(scope, b"accept"))
        if passage.negotiated is None:
            passage.verdict = await provided.limits.peek(bearer.family_id, budget, now)
            raise Refused(errors.NOT_ACCEPTABLE, supported=self._negotiator.supported)
        verdict = passage.verdict = await provided.limits.enter(bearer.family_id, budget, now)
        if verdict.refusal is not None:
            raise Refused(verdict.refusal, **({"window": verdict.window} if verdict.window else {}))
        passage.entered = True
        access.permitted(bearer, passage.endpoint, passage.ids)
        if (misnamed := _misnamed(scope)) is not None:
            raise misnamed
        if _announced(scope) > _BODY_MOST:
            raise Refused(errors.PAYLOAD_TOO_LARGE)
        query = scope["query_string"]
        call = Call(passage.endpoint, passage.ids, query, bearer, provided.reader, keys, now, ahead)
        return await v1.READS[passage.endpoint.name](call)

    async def _rendered(self, scope: Scope, endpoint: Endpoint, found: Content, wanted: Negotiated) -> Answer:
        body = found.body
        if wanted.version.amend is not None:
            body = msgspec.json.encode(wanted.version.amend(endpoint, msgspec.json.decode(body)))
        return await answers.content(scope, body, wanted.content_type)


async def _known(
    provided: Services, token: str, passage: Passage, query: bytes, keys: list[bytes], now: datetime
) -> tuple[Bearer, Ahead | None]:
    """Who holds the token; for the busiest list with its page, in the same round trip (docs/adr/003)."""
    wanted = _foreseen(provided, passage, query, keys, now)
    if wanted is None:
        return await access.known(provided.tokens, token, now), None
    place = Place((wanted.after.created_at, wanted.after.id), wanted.limit)
    bearer, page = await access.known_with_participants(provided.tokens, token, place, now)
    return bearer, Ahead(wanted, page)


def _foreseen(provided: Services, passage: Passage, query: bytes, keys: list[bytes], now: datetime) -> Wanted | None:
    """The page that will be asked for when the token may. What is wrong with it is told later, in its turn."""
    if passage.endpoint is not endpoints.PARTICIPANTS or provided.reader is not provided.tokens:
        return None  # with a replica, pages come from there
    try:
        wanted = parameters.wanted(
            passage.endpoint, query, event_id=passage.ids[0], time_zone="UTC", keys=keys, now=now
        )
    except Refused:
        return None
    return None if wanted.filters else wanted


def _misnamed(scope: Scope) -> Refused | None:
    """What is wrong with the id that the client gave the request, if anything is."""
    sent = requests.sent_id(scope)
    if sent is None or requests.is_uuid(sent):
        return None
    say = f"{REQUEST_ID}: expected a UUID."
    return Refused(errors.INVALID_REQUEST, say, field=REQUEST_ID, expected="a UUID")


async def _standing(scope: Scope) -> Headers:
    """Where the hour of a valid token stands, for an answer that reads nothing (contract §5.2)."""
    provided = services(scope["litestar_app"].state)
    now = provided.clock.now()
    try:
        bearer = await access.known(provided.tokens, access.presented(answers.header(scope, b"authorization")), now)
        access.alive(bearer, now)
    except (Refused, *Away):
        return []
    return answers.limit_headers(await provided.limits.peek(bearer.family_id, access.budget(bearer), now))


async def _refusal(scope: Scope, provided: Services, passage: Passage, refusal: Refused) -> Answer:
    """The refusal as an answer; a stranger who fails too often is told to wait instead (contract §5.2)."""
    if refusal.reason.status == 401:
        wait = await provided.limits.stranger(passage.address, provided.clock.now())
        if wait is not None:
            answer = _error(scope, errors.RATE_LIMIT_EXCEEDED, None, {"window": "minute"})
            answer.headers.append((b"retry-after", b"%d" % wait))
            return answer
    answer = _error(scope, refusal.reason, refusal.say, refusal.extra, passage.negotiated)
    if passage.verdict is not None and passage.verdict.retry_after is not None:
        answer.headers.append((b"retry-after", b"%d" % passage.verdict.retry_after))
    return answer


def _error(
    scope: Scope,
    reason: Reason,
    say: str | None = None,
    extra: dict[str, Any] | None = None,
    negotiated: Negotiated | None = None,
) -> Answer:
    content_type = negotiated.content_type if negotiated else versions.JSON
    body = msgspec.json.encode(json_body(_request_id(scope), reason, say, extra or {}))
    named = error_headers(scope["path"], reason, extra or {})
    found: Headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    return Answer(reason.status, body, [*found, (b"content-type", content_type.encode())], error=reason.code)


def _announced(scope: Scope) -> int:
    length = answers.header(scope, b"content-length")
    return int(length) if length.isdecimal() else 0


def _request_id(scope: Scope) -> str:
    return cast(dict[str, Any], scope)["request_id"]


def _storable(text: str) -> str:
    """What a path decodes to may hold what PostgreSQL's text cannot: NUL, halves of surrogate pairs."""
    return text if text.isascii() and text.isprintable() else text.encode("unicode_escape").decode()


def _note(scope: HTTPScope, provided: Services, passage: Passage, answer: Answer | None, seconds: float) -> None:
    """One line of the ledger, into memory; a client that went away before its answer is 499."""
    bearer, endpoint, ids = passage.bearer, passage.endpoint, passage.ids
    known: dict[str, Any] = {}
    if bearer is not None:
        known = {
            "integration_id": bearer.integration_id,
            "client_id": bearer.client_id,
            "installation_id": bearer.installation_id,
            "event_id": bearer.event_id,
            "user_id": bearer.user_id,
            "user_grant_id": bearer.user_grant_id,
            "family_id": bearer.family_id,
            "token_kind": bearer.kind.value,
        }
    provided.ledger.note(
        Read(
            at=provided.clock.now(),
            request_id=_request_id(scope),
            method=scope["method"],
            endpoint=endpoint.template,
            path=_storable(scope["path"][:200]),
            query=scope["query_string"].decode("latin-1")[:1000],
            version=passage.negotiated.version.name if passage.negotiated else "",
            status=answer.status if answer else 499,
            error=answer.error if answer else None,
            duration_ms=seconds * 1000,
            rows=passage.rows,
            people=passage.rows if endpoint.people else 0,
            participant_id=ids[1] if endpoint.name == "get_participant" else None,
            scope=endpoint.scope.name,
            address=passage.address,
            **known,
        )
    )
