"""The doors of the sandbox: build it, build it anew, open one of one's own. Everything goes through others' actions.

Ids follow from names and a seed number, so that a reset leaves every address, installation and token where it was.
"""

from datetime import datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.clearing import actions as clearing
from revento.events.events import actions as events
from revento.events.events import queries as event_rows
from revento.events.reviews.actions import TELL_APPLICANT
from revento.identity import proofs
from revento.identity.organizations import actions as organizations
from revento.identity.organizations import queries as organization_rows
from revento.identity.permissions import Permission, Role
from revento.identity.users import actions as users
from revento.identity.users import queries as user_rows
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, OrganizationId, UserId
from revento.kernel.jobs import queue
from revento.sandbox import cast, handouts, season, stage
from revento.sandbox.conventions import CONVENTIONS, ORGANIZATIONS
from revento.sandbox.models import Convention
from revento.webhooks.outbox import actions as outbox

SEED: Final = 1
OWN: Final = "lanternfold-tides"  # the convention that an integrator gets for herself


class Built(msgspec.Struct, frozen=True):
    """What a build made, by its keys."""

    people: dict[str, UserId]
    organizations: dict[str, OrganizationId]
    events: dict[str, EventId]


async def build(tx: Tx, password: str | None, *, with_operator: bool = True, seed: int = SEED, now: datetime) -> Built:
    """Builds the sandbox, or builds it anew: the same ids, fresh contents, dates relative to `now`.

    Connections and pages of its events stay. Integrations hear one `event.updated` for each event. In production there
    is no operator among its people (`with_operator`): whoever reads the password would run the platform. Without a
    password everybody who is there already keeps hers.
    """
    people = await _people(tx, password, with_operator=with_operator, now=now)
    made = {each.key: OrganizationId(ids.named("org", str(seed), each.key)) for each in ORGANIZATIONS}
    for each in ORGANIZATIONS:
        owner = people[cast.OWNERS[each.key]]
        await organizations.open_sandbox(
            tx, owner, made[each.key], each.name, description=each.description, now=now - timedelta(days=400)
        )
        for email, role in cast.SEATS[each.key]:
            await organizations.seat(tx, made[each.key], people[email], Role(role), now=now - timedelta(days=300))
    found: dict[str, EventId] = {}
    for convention in CONVENTIONS:
        owner = people[cast.OWNERS[convention.organization]]
        found[convention.key] = await _event(
            tx, convention, made[convention.organization], owner, people, str(seed), now=now
        )
    return Built(people, made, found)


async def open_for(tx: Tx, user_id: UserId, *, seed: int = SEED, now: datetime) -> OrganizationId:
    """Makes a sandbox organization of one's own with a seeded event, for an integrator; the same one when called again.

    The people who apply there are the sandbox's. Raises `WRONG_STATE` while there is no sandbox to take them from.
    """
    mine = OrganizationId(ids.named("org", str(seed), "own", user_id))
    known = {each.id for each in await organization_rows.list_sandboxes(tx)}
    if mine in known:
        return mine
    await _own(tx, mine, user_id, str(seed), now=now)
    return mine


async def reset_for(tx: Tx, user_id: UserId, *, seed: int = SEED, now: datetime) -> OrganizationId:
    """Builds an integrator's own sandbox anew under the same ids. Raises `NOT_FOUND` before it was opened."""
    mine = OrganizationId(ids.named("org", str(seed), "own", user_id))
    if mine not in {each.id for each in await organization_rows.list_sandboxes(tx)}:
        raise Refused(errors.NOT_FOUND)
    await _own(tx, mine, user_id, str(seed), now=now)
    return mine


async def rebuild_own(tx: Tx, *, seed: int = SEED, now: datetime) -> int:
    """Builds anew what integrators opened for themselves; how many organizations."""
    curated = {ids.named("org", str(seed), each.key) for each in ORGANIZATIONS}
    mine = [each for each in await organization_rows.list_sandboxes(tx) if each.id not in curated]
    count = 0
    for organization in mine:
        owners = [each for each in await organization_rows.list_members(tx, organization.id) if each.role == Role.OWNER]
        owner = next(
            (each for each in owners if ids.named("org", str(seed), "own", each.user_id) == organization.id), None
        )
        if owner is not None:
            await _own(tx, organization.id, owner.user_id, str(seed), now=now)
            count += 1
    return count


async def _own(tx: Tx, id: OrganizationId, user_id: UserId, seed: str, *, now: datetime) -> None:
    user = await user_rows.get(tx, user_id)
    people = {each.email: UserId(ids.named("usr", each.email)) for each in (*cast.STAFF, *cast.participants())}
    if await user_rows.find_by_email(tx, cast.STAFF[0].email) is None and not await _has_sandbox(tx):
        raise Refused(errors.WRONG_STATE, "There is no sandbox here.")
    say = f"The sandbox of {user.name}. Everything in it is invented and is made anew every week."
    await organizations.open_sandbox(tx, user_id, id, f"Sandbox of {user.name}", description=say, now=now)
    convention = next(each for each in CONVENTIONS if each.key == OWN)
    await _event(tx, convention, id, user_id, people, f"{seed}:{user_id}", now=now)


async def _has_sandbox(tx: Tx) -> bool:
    return bool(await organization_rows.list_sandboxes(tx))


async def _people(tx: Tx, password: str | None, *, with_operator: bool, now: datetime) -> dict[str, UserId]:
    staff = [each for each in cast.STAFF if with_operator or each.role != "operator"]
    everybody = [*staff, *cast.participants()]
    found = {each.email: UserId(ids.named("usr", each.email)) for each in everybody}
    accounts = [
        users.SandboxPerson(found[each.email], each.email, each.name, each.role == "operator") for each in everybody
    ]
    await users.put_sandbox_people(tx, accounts, password, now=now - timedelta(days=400))
    return found


async def _event(
    tx: Tx,
    convention: Convention,
    organization_id: OrganizationId,
    owner: UserId,
    people: dict[str, UserId],
    seed: str,
    *,
    now: datetime,
) -> EventId:
    """One convention, emptied first when it is there already; heard of as one change."""
    event_id = EventId(ids.named("evt", seed, convention.key))
    zone = ZoneInfo(convention.time_zone)
    today = now.astimezone(zone).date()
    first = datetime.combine(today + timedelta(days=convention.first_day), time(), zone)
    began = min(now, first) - timedelta(days=season.BEFORE)
    facts = events.EventFacts(
        title=f"{convention.title} {first.year}",
        description=convention.description,
        starts_at=first + convention.opens_at,
        ends_at=first + timedelta(days=convention.days - 1) + convention.closes_at,
        time_zone=convention.time_zone,
        min_age=convention.min_age,
        location_name=convention.venue,
        website_url=convention.website_url,
    )
    if await event_rows.find(tx, event_id) is None:
        member = await proofs.as_organization_member(tx, owner, organization_id, Permission.EVENT_EDIT)
        await events.create(tx, member, facts, id=event_id, now=began)
    else:
        await clearing.empty(tx, await proofs.as_organizer(tx, owner, event_id), now=now)
    organizer = await proofs.as_organizer(tx, owner, event_id)
    scene = stage.Scene(tx, event_id, seed, convention, first, now, Random(f"{seed}/{convention.key}"))  # noqa: S311
    await season.registration(scene, organizer)
    hosts = await season.applicants(scene, organizer, people)
    await stage.program(scene, await proofs.as_planner(tx, owner, event_id), hosts)
    await season.signups(scene, hosts)
    await handouts.lay_out(scene, await proofs.as_page_editor(tx, owner, event_id))
    await outbox.take_back(tx, event_id)
    await queue.withdraw(tx, TELL_APPLICANT, event_id=event_id)
    await events.edit(tx, organizer, facts, now=now)
    await events.publish(tx, organizer, now=now)
    return event_id
