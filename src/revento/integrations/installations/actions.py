"""The doors through which connections change. Their ending touches tokens and grants too, so it is in `endings`."""

from datetime import datetime

from revento.contract import errors, scopes
from revento.contract.errors import Refused
from revento.events.events import queries as events
from revento.identity import permissions
from revento.identity.audit import actions as audit
from revento.identity.organizations import queries as organizations
from revento.identity.permissions import Permission
from revento.identity.proofs import IntegrationManager
from revento.integrations.catalogue import queries as integrations
from revento.integrations.credentials.models import Client
from revento.integrations.installations import queries, rules
from revento.integrations.installations.models import Installation, Manager
from revento.integrations.teams import actions as teams
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId, OrganizationId
from revento.kernel.language import Say
from revento.webhooks.endpoints import actions as endpoints

_MANAGING = [role for role in permissions.ALLOWED if permissions.allows(role, Permission.INTEGRATION_MANAGE)]


async def connect(
    tx: Tx, manager: IntegrationManager, client: Client, asked: list[str], *, now: datetime
) -> Installation:
    """Connects an integration to the event, or widens what the active connection was granted.

    Locks the event, so that of two racing consents the second finds the first's connection. Raises `INVALID_SCOPE` and
    what `rules.why_not_connect` names.
    """
    event = await events.lock(tx, manager.event_id)
    organization = await organizations.get(tx, event.organization_id)
    reason = rules.why_not_connect(client, organization, event) or rules.why_not_scopes(client, asked)
    if reason is not None:
        raise Refused(reason)
    active = await queries.find_active(tx, event.id, client.integration_id)
    if active is not None:
        return await _widen(tx, manager, active, asked, now=now)
    made = await queries.insert(
        tx,
        InstallationId(ids.new("ins")),
        event_id=event.id,
        organization_id=event.organization_id,
        integration_id=client.integration_id,
        client_id=client.id,
        scopes=scopes.in_order(asked),
        connected_by=manager.user_id,
        ends_at=rules.ends_at(event.ends_at, now=now),
        now=now,
    )
    await _note(tx, manager, "integration.connected", made, now=now, scopes=made.granted_scopes)
    return made


async def _widen(
    tx: Tx, manager: IntegrationManager, active: Installation, asked: list[str], *, now: datetime
) -> Installation:
    wanted = scopes.in_order([*active.granted_scopes, *asked])
    if wanted != active.granted_scopes:
        await queries.set_scopes(tx, active.id, wanted, now=now)
        await _note(tx, manager, "integration.widened", active, now=now, scopes=wanted)
        return await queries.get(tx, active.id)
    await _note(tx, manager, "integration.connected_again", active, now=now)
    return active


async def narrow(tx: Tx, manager: IntegrationManager, id: InstallationId, scope: str, *, now: datetime) -> Installation:
    """Takes one scope back; tokens stop carrying it at once. Raises `NOT_FOUND`, `WRONG_STATE` for the last scope."""
    active = await _lock(tx, manager, id)
    if reason := rules.why_not_narrow(active, scope):
        raise Refused(reason)
    left = [name for name in active.granted_scopes if name != scope]
    await queries.set_scopes(tx, id, left, now=now)
    await _note(tx, manager, "integration.narrowed", active, now=now, scope=scope)
    return await queries.get(tx, id)


async def extend(tx: Tx, manager: IntegrationManager, id: InstallationId, *, now: datetime) -> Installation:
    """Moves the end 90 days on, counted from today or from the event's end. Raises `NOT_FOUND`, `WRONG_STATE`."""
    active = await _lock(tx, manager, id)
    event = await events.get(tx, manager.event_id)
    later = max(rules.ends_at(event.ends_at, now=now), active.ends_at)
    await queries.set_ends_at(tx, id, later, now=now)
    await _note(tx, manager, "integration.extended", active, now=now, ends_at=later.isoformat())
    return await queries.get(tx, id)


async def pause(tx: Tx, manager: IntegrationManager, id: InstallationId, *, now: datetime) -> None:
    """Holds back deliveries until resumed; nothing is lost. Raises `NOT_FOUND`, `WRONG_STATE`."""
    active = await _lock(tx, manager, id)
    if active.paused_at is not None:
        raise Refused(errors.WRONG_STATE)
    await queries.set_paused(tx, id, now, now=now)
    await _note(tx, manager, "integration.paused", active, now=now)
    known = await _names(tx, active)
    await teams.write(
        tx,
        active.integration_id,
        Say("%(event)s: updates to %(name)s are held back", **known),
        Say("the organizers of %(event)s hold back all webhooks to %(name)s. It may still read.", **known),
        Say("Messages are kept for 30 days. When the organizers let them go again, you get them in their order."),
        now=now,
    )


async def resume(tx: Tx, manager: IntegrationManager, id: InstallationId, *, now: datetime) -> None:
    """Lets deliveries go again, the held ones first. Raises `NOT_FOUND`, `WRONG_STATE`."""
    active = await _lock(tx, manager, id)
    if active.paused_at is None:
        raise Refused(errors.WRONG_STATE)
    await queries.set_paused(tx, id, None, now=now)
    await endpoints.recheck_withheld(tx)
    await _note(tx, manager, "integration.resumed", active, now=now)
    known = await _names(tx, active)
    await teams.write(
        tx,
        active.integration_id,
        Say("%(event)s: updates to %(name)s go out again", **known),
        Say("the organizers of %(event)s let webhooks to %(name)s go again, the held ones first.", **known),
        now=now,
    )


async def managers(tx: Tx, organization_id: OrganizationId) -> list[Manager]:
    """Who may connect and disconnect in an organization, for mail."""
    return await queries.list_managers(tx, organization_id, roles=[str(role) for role in _MANAGING])


async def _names(tx: Tx, installation: Installation) -> dict[str, str]:
    """What its developers know a connection by."""
    event = await events.get(tx, installation.event_id)
    return {"event": event.title, "name": (await integrations.get(tx, installation.integration_id)).name}


async def _lock(tx: Tx, manager: IntegrationManager, id: InstallationId) -> Installation:
    found = await queries.lock(tx, manager.event_id, id)
    if found is None:
        raise Refused(errors.NOT_FOUND)
    if not found.is_active:
        raise Refused(errors.WRONG_STATE)
    return found


async def _note(
    tx: Tx,
    manager: IntegrationManager,
    action: str,
    installation: Installation,
    *,
    now: datetime,
    **detail: str | list[str],
) -> None:
    await audit.note(
        tx,
        manager.user_id,
        action,
        installation.id,
        now=now,
        organization_id=manager.organization_id,
        event_id=manager.event_id,
        integration_id=installation.integration_id,
        **detail,
    )
