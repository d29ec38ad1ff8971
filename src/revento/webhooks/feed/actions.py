"""Fetching and acknowledging."""

from datetime import datetime
from uuid import UUID

from revento.contract import topics
from revento.kernel.db import Tx
from revento.kernel.secrets import Box, CannotOpen
from revento.webhooks import signing
from revento.webhooks.claim import queries as claims
from revento.webhooks.claim.models import Receiver
from revento.webhooks.fanout import rules
from revento.webhooks.fanout.rules import WhyNot
from revento.webhooks.feed import queries
from revento.webhooks.feed.models import Item, Pulled, Taken


async def take(tx: Tx, box: Box, client_id: str, *, after: int, open_only: bool, limit: int, now: datetime) -> Taken:
    """What this client has not acknowledged after place `after`, signed as of now; the same rights as for sending."""
    rows = await queries.page(tx, client_id, after=after, open_only=open_only, limit=limit)
    found = await claims.list_receivers(tx, sorted({row.endpoint_no for row in rows})) if rows else []
    receivers = {one.endpoint_no: one for one in found}
    items = [
        _item(box, row, row.body, receiver, now)
        for row in rows
        if row.body is not None
        and (receiver := receivers.get(row.endpoint_no)) is not None
        and _may_have(row, receiver)
    ]
    return Taken(items, rows[-1].no if rows else after, has_more=len(rows) == limit)


async def acknowledge(tx: Tx, client_id: str, ids: list[UUID], *, now: datetime) -> list[UUID]:
    """Notes that the receiver has these: they are neither sent nor listed any more. Which of them are this client's."""
    await queries.acknowledge_live(tx, client_id, ids, now=now)
    return await queries.acknowledge_logged(tx, client_id, ids, now=now)


def _may_have(row: Pulled, receiver: Receiver) -> bool:
    topic = topics.BY_NAME.get(row.topic)
    return topic is not None and rules.why_not(topic, receiver) in (None, WhyNot.NO_ADDRESS)


def _item(box: Box, row: Pulled, body: bytes, receiver: Receiver, now: datetime) -> Item:
    signed = signing.headers_for(
        delivery_id=str(row.id),
        topic=row.topic,
        attempt=row.attempts + 1 if row.state == "waiting" else max(row.attempts, 1),
        sequence=row.seq,
        is_replay=row.is_replay,
        secrets=_secrets(box, receiver),
        timestamp=int(now.timestamp()),
        body=body,
    )
    return Item(row.no, row.id, row.topic, row.seq, row.state, signed.headers, body)


def _secrets(box: Box, receiver: Receiver) -> list[str]:
    opened: list[str] = []
    for id, sealed in zip(receiver.secret_ids, receiver.sealed, strict=True):
        try:
            opened.append(signing.unseal(box, id, sealed))
        except CannotOpen:
            continue
    return opened or [signing.new_secret()]
