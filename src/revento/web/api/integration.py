"""What an integration asks for itself, with its client credentials: pull feed, connections, duties (contract §6.8)."""

import base64
import binascii
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath

from revento.contract import errors, limits
from revento.contract.errors import Refused
from revento.contract.limits import DEAD_LETTER_DAYS, FEED_PER_MINUTE, Budget
from revento.contract.v1.integration import Acknowledged, Connection, Connections, Duties, Duty, FeedItem, FeedPage
from revento.contract.v1.wire import Wire, encode, stamp, stamp_or_none
from revento.integrations.credentials import actions as credentials
from revento.integrations.credentials.models import ProvenClient
from revento.integrations.deletions import actions as deletions
from revento.integrations.deletions import queries as duties
from revento.integrations.deletions.models import Deletion
from revento.integrations.installations import queries as installations
from revento.integrations.installations.models import Installation
from revento.kernel import paging
from revento.kernel.db import Tx
from revento.kernel.ids import DeletionId
from revento.kernel.paging import Position
from revento.web.api.parameters import refused
from revento.web.shared import edge
from revento.web.shared.edge import Given, Services
from revento.web.shared.errors import json_error
from revento.webhooks.feed import actions as feed
from revento.webhooks.feed.models import Taken

AnyRequest = Request[Any, Any, State]
Work = Callable[[ProvenClient], Awaitable[Wire]]
WAIT_MOST_S: Final = 20
PAGE_MOST: Final = 100
ACK_MOST: Final = 1000
_BUDGET: Final = Budget(per_hour=60 * FEED_PER_MINUTE, per_minute=FEED_PER_MINUTE, in_flight=limits.FEED_IN_FLIGHT)
_CURSOR_S: Final = DEAD_LETTER_DAYS * 86_400


@get("/deliveries")
async def deliveries(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """What this client has not acknowledged, oldest first. `wait`: stay up to so many seconds when there is nothing."""

    async def work(client: ProvenClient) -> Wire:
        wait, limit = number(request, "wait", 0, 0, WAIT_MOST_S), number(request, "limit", 25, 1, PAGE_MOST)
        only = request.query_params.get("only", "all")
        if only not in ("all", "open"):
            raise refused("only", "open (neither delivered nor acknowledged) or all")
        after = _place(request, provided, client)

        async def take(tx: Tx) -> Taken | None:
            now = provided.clock.now()
            taken = await feed.take(
                tx, provided.box, client.client_id, after=after, open_only=only == "open", limit=limit, now=now
            )
            return taken if taken.items or taken.last_no > after else None

        until = time.monotonic() + wait
        return _page(provided, client, await edge.ask_until(provided, take, until=until) or Taken([], after, False))

    return await served(request, provided, work)


@post("/deliveries/ack", status_code=200)
async def acknowledge(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Notes that these deliveries have arrived: they are neither pushed nor listed any more. Idempotent."""

    async def work(client: ProvenClient) -> Wire:
        wanted = _ids(await request.body())

        async def note(tx: Tx) -> list[UUID]:
            return await feed.acknowledge(tx, client.client_id, wanted, now=provided.clock.now())

        known = set(await edge.ask(provided, note))
        return Acknowledged(
            acknowledged=[str(id) for id in wanted if id in known],
            unknown=[str(id) for id in wanted if id not in known],
        )

    return await served(request, provided, work)


@get("/installations")
async def list_installations(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Where this client is and was connected."""

    async def work(client: ProvenClient) -> Wire:
        found = await edge.ask(provided, lambda tx: installations.list_by_client(tx, client.client_id))
        return Connections(data=[_connection(one) for one in found], next_cursor=None, has_more=False)

    return await served(request, provided, work)


@get("/deletions")
async def list_deletions(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """What this client has to erase, or has erased."""

    async def work(client: ProvenClient) -> Wire:
        found = await edge.ask(provided, lambda tx: duties.list_by_client(tx, client.client_id))
        return Duties(data=[_duty(one) for one in found], next_cursor=None, has_more=False)

    return await served(request, provided, work)


@post("/deletions/{deletion_id:str}/confirm", status_code=200)
async def confirm_deletion(request: AnyRequest, provided: Given[Services], deletion_id: FromPath[str]) -> Response[Any]:
    """Takes the integration's word that it has erased. Again: the first receipt."""

    async def work(client: ProvenClient) -> Wire:
        async def confirm(tx: Tx) -> Deletion:
            id = DeletionId(deletion_id)
            duty = await duties.find(tx, client.integration_id, id)
            if duty is None or (await installations.get(tx, duty.installation_id)).client_id != client.client_id:
                raise Refused(errors.NOT_FOUND)
            now = provided.clock.now()
            return await deletions.confirm(tx, client.integration_id, id, by=client.client_id, now=now)

        return _duty(await edge.ask(provided, confirm))

    return await served(request, provided, work)


ROUTES: Final = Router(
    "/api/v1/integration",
    route_handlers=[deliveries, acknowledge, list_installations, list_deletions, confirm_deletion],
)


async def served(request: AnyRequest, provided: Services, work: Work) -> Response[Any]:
    """The work's document for a client that proved itself and is within its budget; else the refusal."""
    now = provided.clock.now()
    client = await _proven(request, provided)
    if client is None:
        wait = await provided.limits.stranger(request.client.host if request.client else "", now)
        if wait is not None:
            return _told_to_wait(request, "minute", wait)
        answer = json_error(request, errors.INVALID_CLIENT)
        answer.headers["WWW-Authenticate"] = 'Basic realm="Revento"'
        return answer
    verdict = await provided.limits.enter(f"feed:{client.client_id}", _BUDGET, now)
    if verdict.refusal is errors.CONCURRENT_LIMIT_EXCEEDED:
        return json_error(request, errors.CONCURRENT_LIMIT_EXCEEDED)
    if verdict.refusal is not None:
        return _told_to_wait(request, verdict.window, verdict.retry_after or 1)
    try:
        document = await work(client)
    finally:
        await provided.limits.leave(f"feed:{client.client_id}")
    return Response(encode(document), media_type="application/json", headers={"Cache-Control": "no-store"})


def _told_to_wait(request: AnyRequest, window: str | None, wait_s: int) -> Response[Any]:
    answer = json_error(request, errors.RATE_LIMIT_EXCEEDED, window=window)
    answer.headers["Retry-After"] = str(wait_s)
    return answer


async def _proven(request: AnyRequest, provided: Services) -> ProvenClient | None:
    """The client in the Basic header (RFC 7617; both parts may be percent-encoded, RFC 6749 §2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    if not colon or "\x00" in client_id:
        return None
    now = provided.clock.now()
    return await edge.ask(
        provided, lambda tx: credentials.prove(tx, unquote(client_id), unquote(secret).encode(), now=now)
    )


def _page(provided: Services, client: ProvenClient, taken: Taken) -> FeedPage:
    cursor = None
    if taken.last_no:
        cursor = paging.seal(
            Position(paging.BEGINNING.created_at, str(taken.last_no)),
            key=provided.keys.current("cursor"),
            binding=f"feed {client.client_id}",
            now=provided.clock.now(),
            life_s=_CURSOR_S,
        )
    data = [
        FeedItem(
            id=str(item.id),
            type=item.topic,
            sequence=item.seq,
            state=item.state,
            headers=item.headers,
            body=base64.b64encode(item.body).decode(),
        )
        for item in taken.items
    ]
    return FeedPage(data=data, next_cursor=cursor, has_more=taken.has_more)


def _place(request: AnyRequest, provided: Services, client: ProvenClient) -> int:
    """Where the cursor stands; 0 without one. Raises `Refused` (invalid_cursor)."""
    cursor = request.query_params.get("cursor")
    if not cursor:
        return 0
    for key in provided.keys.every("cursor"):
        try:
            found = paging.unseal(cursor, key=key, binding=f"feed {client.client_id}", now=provided.clock.now())
        except paging.BadCursor:
            continue
        return int(found.id)
    raise Refused(
        errors.INVALID_CURSOR,
        "The cursor was changed, is older than 30 days or belongs to another client. Begin without one.",
        field="cursor",
        expected="a next_cursor of this feed",
    )


def number(request: AnyRequest, name: str, default: int, least: int, most: int) -> int:
    """A query parameter that is a whole number within bounds. Raises `Refused` (invalid_request)."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and least <= int(text) <= most):
        raise refused(name, f"a number from {least} to {most}")
    return int(text)


class _Ack(msgspec.Struct):
    ids: list[UUID]


def _ids(body: bytes) -> list[UUID]:
    try:
        wanted = msgspec.json.decode(body, type=_Ack).ids
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise refused("ids", 'a JSON body such as {"ids":["…"]} with delivery ids') from error
    if len(wanted) > ACK_MOST:
        raise refused("ids", f"at most {ACK_MOST} delivery ids")
    return list(dict.fromkeys(wanted))


def _connection(one: Installation) -> Connection:
    return Connection(
        id=one.id,
        event_id=one.event_id,
        organization_id=one.organization_id,
        integration_id=one.integration_id,
        status="active" if one.is_active else "ended",
        scopes=one.granted_scopes,
        connected_at=stamp(one.created_at),
        updated_at=stamp(one.updated_at),
        paused_at=stamp_or_none(one.paused_at),
        ends_at=stamp(one.ends_at),
        ended_at=stamp_or_none(one.ended_at),
        end_reason=one.end_reason,
    )


def _duty(one: Deletion) -> Duty:
    return Duty(
        deletion_id=one.id,
        event_id=one.event_id,
        organization_id=one.organization_id,
        installation_id=one.installation_id,
        subject=one.subject,
        participant_id=one.participant_id,
        user_id=one.user_id,
        reason=one.reason,
        opened_at=stamp(one.opened_at),
        deadline_at=stamp(one.deadline_at),
        confirmed_at=stamp_or_none(one.confirmed_at),
    )
