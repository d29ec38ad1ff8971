"""Time travel and signals in the sandbox: what takes weeks, or what only an operator does, at the press of a button."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.endings.archive_event import archive_event
from revento.events.events import queries as events
from revento.events.waves import actions as waves
from revento.events.waves import queries as wave_rows
from revento.identity import proofs
from revento.identity.organizations import queries as organizations
from revento.identity.permissions import Role
from revento.integrations.installations import queries as installations
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, EventId, IntegrationId, OrganizationId, UserId
from revento.oauth.families.ends import queries as tokens
from revento.sandbox import happenings


class Traveller(msgspec.Struct, frozen=True):
    """Who travels: an owner of the sandbox organization, the event, and the integration that is tried."""

    tx: Tx
    user_id: UserId
    event_id: EventId
    organization_id: OrganizationId
    integration_id: IntegrationId
    client_id: ClientId
    now: datetime

    async def installation(self) -> Installation:
        """The integration's connection to the event. Raises `WRONG_STATE` without one."""
        found = await installations.find_active(self.tx, self.event_id, self.integration_id)
        if found is None:
            raise Refused(errors.WRONG_STATE, "Connect the integration to this event first.")
        return found


async def board(
    tx: Tx, user_id: UserId, event_id: EventId, integration_id: IntegrationId, client_id: ClientId, *, now: datetime
) -> Traveller:
    """The proof that the event is in a sandbox that the person owns. Raises `NOT_FOUND` otherwise."""
    event = await events.find(tx, event_id)
    role = await organizations.find_role(tx, user_id, event.organization_id) if event else None
    if event is None or not event.is_sandbox or role != Role.OWNER:
        raise Refused(errors.NOT_FOUND)
    return Traveller(tx, user_id, event_id, event.organization_id, integration_id, client_id, now)


async def open_wave(traveller: Traveller) -> str:
    """Every registration wave of the event is open from now on, for a month at least."""
    organizer = await proofs.as_organizer(traveller.tx, traveller.user_id, traveller.event_id)
    found = await wave_rows.list_waves(traveller.tx, traveller.event_id)
    for each in found:
        await waves.put_wave(
            traveller.tx,
            organizer,
            id=each.id,
            title=each.title,
            role=each.role,
            opens_at=min(each.opens_at, traveller.now - timedelta(minutes=1)),
            closes_at=max(each.closes_at, traveller.now + timedelta(days=30)),
            capacity=each.capacity,
            now=traveller.now,
        )
    return f"{len(found)} waves are open."


async def archive(traveller: Traveller) -> str:
    """The event is archived: connections end, deletion duties open. A reset brings the event back."""
    organizer = await proofs.as_organizer(traveller.tx, traveller.user_id, traveller.event_id)
    ended = await archive_event(traveller.tx, organizer, now=traveller.now)
    return f"Archived: {ended} connections ended."


async def expire_tokens(traveller: Traveller) -> str:
    """The connection's access tokens are as old as an hour: the next request is answered `token_expired`."""
    installation = await traveller.installation()
    expired = await tokens.expire_access(traveller.tx, installation.id, now=traveller.now)
    return f"{expired} access tokens have expired."


TRIPS: Final[dict[str, Callable[[Traveller], Awaitable[str]]]] = {
    "open_wave": open_wave,
    "expire_tokens": expire_tokens,
    "archive": archive,
}


async def signal(traveller: Traveller, topic: str) -> str:
    """Makes a webhook of this type happen; what it was about. Raises `NOT_FOUND` for an unknown type."""
    deed = happenings.DEEDS.get(topic)
    if deed is None:
        raise Refused(errors.NOT_FOUND)
    moment = await happenings.at(
        traveller.tx, traveller.event_id, integration_id=traveller.integration_id, now=traveller.now
    )
    return await deed(moment)
