"""The doors through which an event's form changes."""

from datetime import datetime
from typing import Final

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.events import actions as events
from revento.events.forms import queries, rules
from revento.events.forms.models import FormField
from revento.events.participants import queries as participants
from revento.identity.audit import actions as audit
from revento.identity.proofs import Organizer
from revento.kernel.db import Tx
from revento.kernel.ids import EventId
from revento.kernel.jobs import queue

REWRITE_DOCUMENTS: Final = "participants.rewrite_documents"


async def put_field(tx: Tx, organizer: Organizer, field: FormField, *, now: datetime) -> None:
    """Adds a field or changes it. Raises `INVALID_INPUT` naming the field, `EVENT_ARCHIVED`."""
    if organizer.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    if not rules.KEY.fullmatch(field.key):
        raise Refused(
            errors.INVALID_INPUT, "The key takes small letters, digits and underscores, a letter first.", field="key"
        )
    if field.type in ("choice", "multi_choice") and not field.options:
        raise Refused(errors.INVALID_INPUT, "A choice needs at least one option.", field="options")
    before = await queries.list_fields(tx, organizer.event_id)
    await queries.put(tx, field, now=now)
    await _tell(tx, organizer.event_id, before, now=now)
    await _note(tx, organizer, "form.field_put", field.key, now=now)


async def add_field(tx: Tx, organizer: Organizer, field: FormField, *, now: datetime) -> None:
    """Adds a field behind the others. Raises as `put_field`, also when its key is a known field's."""
    known = await queries.list_fields(tx, organizer.event_id)
    if any(each.key == field.key for each in known):
        say = "There is a question with this key already. Change that one, or choose another key."
        raise Refused(errors.INVALID_INPUT, say, field="key")
    last = max((each.position for each in known), default=0)
    await put_field(tx, organizer, msgspec.structs.replace(field, position=last + 1), now=now)


async def move_field(tx: Tx, organizer: Organizer, key: str, *, up: bool, now: datetime) -> None:
    """Swaps a field with its neighbour; at the form's end nothing changes. Raises `NOT_FOUND`, `EVENT_ARCHIVED`."""
    if organizer.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    before = await queries.list_fields(tx, organizer.event_id)
    order = [each.key for each in before]
    if key not in order:
        raise Refused(errors.NOT_FOUND)
    here = order.index(key)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        await queries.set_order(tx, organizer.event_id, order)
        await _tell(tx, organizer.event_id, before, now=now)
        await _note(tx, organizer, "form.field_put", key, now=now)


async def drop_field(tx: Tx, organizer: Organizer, key: str, *, now: datetime) -> None:
    """Takes a field off the form; answers already given stay. Raises `NOT_FOUND`, `EVENT_ARCHIVED`."""
    if organizer.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    before = await queries.list_fields(tx, organizer.event_id)
    if not await queries.drop(tx, organizer.event_id, key):
        raise Refused(errors.NOT_FOUND)
    await _tell(tx, organizer.event_id, before, now=now)
    await _note(tx, organizer, "form.field_dropped", key, now=now)


async def _tell(tx: Tx, event_id: EventId, before: list[FormField], *, now: datetime) -> None:
    """Integrations hear of the questions that they see.

    Until the job has run, pages of participants show the fields that are shared now, and take longer (ADR 011).
    """
    await events.tell_form(tx, event_id, before, now=now)
    if await participants.are_documents_stale(tx, event_id):
        await queue.defer(tx, REWRITE_DOCUMENTS, once=f"{REWRITE_DOCUMENTS}:{event_id}", event_id=event_id)


async def _note(tx: Tx, organizer: Organizer, action: str, key: str, *, now: datetime) -> None:
    await audit.note(
        tx,
        organizer.user_id,
        action,
        key,
        event_id=organizer.event_id,
        organization_id=organizer.organization_id,
        now=now,
    )
