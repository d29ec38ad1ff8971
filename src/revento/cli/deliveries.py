"""`revento deliveries`: the delivery log, one delivery in full, sending again (architecture §5)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import typer

from revento.cli import edge, terminal
from revento.cli.edge import Desk
from revento.cli.terminal import Failed
from revento.contract import topics
from revento.contract.v1.wire import stamp, stamp_or_none
from revento.kernel.db import Tx
from revento.webhooks.console import actions, queries
from revento.webhooks.console.models import STATES, Detail, Endpoint, Entry, Search
from revento.webhooks.dead_letters import actions as dead_letters
from revento.webhooks.replays import actions as replays
from revento.webhooks.replays.models import Wish

app = typer.Typer(no_args_is_help=True, help="Look at webhook deliveries, and send them again.")
T = TypeVar("T")
_COLUMNS: Final = ("NO", "ID", "TYPE", "STATE", "TRIES", "SEQ", "RESOURCE", "CREATED")

Integration = Annotated[str | None, typer.Option("--integration", metavar="ID", help="Only this integration's.")]
Event = Annotated[str | None, typer.Option("--event", metavar="ID", help="Only this event's.")]
State = Annotated[str | None, typer.Option("--state", help=f"One of {', '.join(STATES)}.")]
Type = Annotated[str | None, typer.Option("--type", help="An event type such as application.approved.")]
Time = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M", "%Y-%m-%d"])]


def _run(work: Callable[[Desk, Tx], Awaitable[T]]) -> T:
    async def inside(desk: Desk) -> T:
        async with desk.db.tx() as tx:
            return await work(desk, tx)

    return edge.run(inside)


@app.command("list")
def list_(
    integration: Integration = None,
    event: Event = None,
    state: State = None,
    type: Type = None,
    resource: Annotated[str | None, typer.Option("--resource", help="An application's, activity's, … id.")] = None,
    request_id: Annotated[str | None, typer.Option("--request-id", help="The request that caused it.")] = None,
    since: Time = None,
    until: Time = None,
    before: Annotated[int | None, typer.Option("--before", help="The NO of the last row of the page before.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    json: terminal.Json = False,
) -> None:
    """List deliveries, newest first."""
    search = Search(
        event_id=event,
        topic=_known(type, topics.BY_NAME, "event type"),
        state=_known(state, STATES, "state"),
        resource_id=resource,
        request_id=request_id,
        since=_utc(since),
        until=_utc(until),
    )

    async def work(_: Desk, tx: Tx) -> list[Entry]:
        nos = [one.no for one in await _endpoints(tx, integration, event)]
        return await queries.page(tx, nos, search, before=before or queries.HIGHEST, limit=limit)

    found = _run(work)
    if json:
        terminal.as_json([_entry(one) for one in found])
        return
    terminal.table(
        _COLUMNS,
        [
            (
                one.no,
                one.id,
                one.topic,
                one.state,
                one.attempts,
                one.seq,
                one.resource_key,
                stamp(one.created_at),
            )
            for one in found
        ],
    )


@app.command()
def show(id: Annotated[UUID, typer.Argument(metavar="DELIVERY_ID")], json: terminal.Json = False) -> None:
    """Show one delivery with its body and every try: headers, answer, how long it took."""

    async def work(desk: Desk, tx: Tx) -> Detail | None:
        nos = [one.no for one in await queries.list_every_endpoint(tx)]
        return await actions.detail(tx, desk.box, nos, id)

    detail = _run(work)
    if detail is None:
        raise Failed(f"there is no delivery {id}")
    if json:
        terminal.as_json(_detail(detail))
        return
    for name, value in _entry(detail.entry).items():
        terminal.note(f"{name:<16}{'' if value is None else value}")
    for attempt in detail.attempts:
        tried = attempt.tried
        status = tried.status or tried.outcome
        terminal.note(f"\ntry {tried.n}  {stamp(tried.at)}  {status}  {tried.latency_ms} ms  {tried.detail or ''}")
        for name, value in attempt.headers.items():
            terminal.note(f"  {name}: {value}")
        if tried.answer:
            terminal.note(f"  answer: {tried.answer}")
    if detail.message is not None:
        terminal.note(f"\n{detail.message.body.decode()}")


@app.command()
def replay(
    ids: Annotated[list[UUID] | None, typer.Argument(metavar="[DELIVERY_ID]...")] = None,
    integration: Integration = None,
    state: Annotated[list[str] | None, typer.Option("--state", help="delivered, dead, acknowledged.")] = None,
    type: Annotated[list[str] | None, typer.Option("--type", help="Only these event types.")] = None,
    since: Time = None,
    until: Time = None,
    rate: Annotated[int, typer.Option("--rate", min=1, max=replays.RATE_MOST, help="Deliveries per second.")] = 50,
    json: terminal.Json = False,
) -> None:
    """Send again, marked as replay and under new ids: some deliveries, or an integration's of a time range."""
    if ids:
        _replay_some(ids, json)
        return
    if integration is None or since is None:
        raise Failed("name deliveries, or give --integration and --since")
    wish = Wish(
        since=_utc(since) or datetime.now(UTC),
        until=_utc(until) or datetime.now(UTC),
        topics=type or (),
        states=state or ("dead",),
        rate_per_s=rate,
    )

    async def work(desk: Desk, tx: Tx) -> list[str]:
        clients = sorted({one.client_id for one in await _endpoints(tx, integration, None)})
        if not clients:
            raise Failed(f"nothing was ever sent to {integration}")
        now = desk.clock.now()
        return [await replays.order(tx, client, wish, by="cli", now=now) for client in clients]

    made = _run(work)
    if json:
        terminal.as_json({"replays": made})
    else:
        terminal.note(f"Ordered: {', '.join(made)}. The dispatcher sends up to {rate} per second.")


@app.command()
def resend(ids: Annotated[list[UUID], typer.Argument(metavar="DELIVERY_ID...")], json: terminal.Json = False) -> None:
    """Send finished or dead deliveries again under their own ids, with a fresh ladder; waiting ones go at once."""

    async def work(_: Desk, tx: Tx) -> int:
        nos = [one.no for one in await queries.list_every_endpoint(tx)]
        return await dead_letters.resend(tx, nos, ids)

    count = _run(work)
    if count == 0:
        raise Failed("none of these can be sent again")
    if json:
        terminal.as_json({"resent": count})
    else:
        terminal.note(f"{count} of {len(ids)} are on their way.")


def _replay_some(ids: list[UUID], json: bool) -> None:
    async def work(_: Desk, tx: Tx) -> list[dict[str, str]]:
        nos = [one.no for one in await queries.list_every_endpoint(tx)]
        return [{"id": str(one.id), "new_id": str(one.new_id)} for one in await replays.replay(tx, nos, ids)]

    queued = _run(work)
    if not queued:
        raise Failed("there is no such delivery")
    if json:
        terminal.as_json({"replayed": queued})
    else:
        terminal.table(("DELIVERY", "SENT AGAIN AS"), [(one["id"], one["new_id"]) for one in queued])


async def _endpoints(tx: Tx, integration: str | None, event: str | None) -> list[Endpoint]:
    if integration is None and event is None:
        return await queries.list_every_endpoint(tx)
    return await queries.list_endpoints(tx, integration_id=integration, event_id=event)


def _known(value: str | None, names: Any, what: str) -> str | None:
    if value is not None and value not in names:
        raise Failed(f"there is no {what} {value}; choose among {', '.join(names)}")
    return value


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "no": one.no,
        "id": str(one.id),
        "type": one.topic,
        "state": one.state,
        "attempts": one.attempts,
        "sequence": one.seq,
        "is_replay": one.is_replay,
        "integration_id": one.integration_id,
        "client_id": one.client_id,
        "installation_id": one.installation_id,
        "event_id": one.event_id,
        "resource_id": one.resource_key,
        "message_id": one.message_id,
        "last_status": one.last_status,
        "last_error": one.last_error,
        "created_at": stamp(one.created_at),
        "next_attempt_at": stamp(one.due) if one.due and one.state == "waiting" else None,
        "finished_at": stamp_or_none(one.finished_at),
        "acknowledged_at": stamp_or_none(one.acknowledged_at),
    }


def _detail(detail: Detail) -> dict[str, Any]:
    message = detail.message
    return _entry(detail.entry) | {
        "request_id": message.request_id if message else None,
        "body": message.body.decode() if message else None,
        "tries": [
            {
                "attempt": one.tried.n,
                "at": stamp(one.tried.at),
                "outcome": one.tried.outcome,
                "status": one.tried.status,
                "detail": one.tried.detail,
                "answer": one.tried.answer,
                "latency_ms": one.tried.latency_ms,
                "headers": one.headers,
            }
            for one in detail.attempts
        ],
    }
