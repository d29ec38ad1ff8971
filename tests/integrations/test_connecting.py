"""Connecting: who may, what a second consent does, when it ends by itself, what a person's consent needs."""

from datetime import timedelta

import pytest

from revento.contract.errors import Refused
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.deletions import actions as deletions
from revento.integrations.deletions import queries as duties
from revento.integrations.grants import actions as grants
from revento.integrations.grants import rules as signing_in
from revento.integrations.installations import actions, queries
from tests.integrations import given

READS = ["event.read", "participants.read"]


async def connected(tx, now, *, asked=READS):
    ada = await given.user(tx, "Ada", now=now)
    org = await given.organization(tx, ada, now=now, sandbox=True)
    event = await given.event(tx, ada, org, now=now)
    _, client = await given.registered(tx, ada, now=now)
    manager = await given.manager(tx, ada, event)
    return manager, client, await actions.connect(tx, manager, client, list(asked), now=now)


async def test_a_connection_ends_90_days_after_its_event(db, clock) -> None:
    async with db.tx() as tx:
        _, _, made = await connected(tx, clock.now())
        assert made.granted_scopes == READS
        assert made.ends_at == clock.now() + timedelta(days=33 + 90)


async def test_connecting_again_keeps_the_connection_and_widens_it(db, clock) -> None:
    async with db.tx() as tx:
        manager, client, made = await connected(tx, clock.now())
        again = await actions.connect(tx, manager, client, ["program.read"], now=clock.now())
        assert (again.id, again.granted_scopes) == (made.id, [*READS, "program.read"])
        assert [one.id for one in await queries.list_by_event(tx, manager.event_id)] == [made.id]


async def test_sandbox_credentials_stay_in_the_sandbox_and_production_ones_out(db, clock) -> None:
    now = clock.now()
    async with db.tx() as tx:
        ada = await given.user(tx, "Ada", now=now)
        real = await given.organization(tx, ada, now=now)
        event = await given.event(tx, ada, real, now=now)
        manager = await given.manager(tx, ada, event)
        _, sandboxed = await given.registered(tx, ada, now=now)
        with pytest.raises(Refused) as caught:
            await actions.connect(tx, manager, sandboxed, READS, now=now)
        assert caught.value.reason.code == "sandbox_only"
        _, client = await given.registered(
            tx, ada, now=now, environment="production", organization_id=real, kind="in_house"
        )
        assert (await actions.connect(tx, manager, client, READS, now=now)).is_active
        box = await given.organization(tx, ada, now=now, sandbox=True)
        other = await given.manager(tx, ada, await given.event(tx, ada, box, now=now))
        with pytest.raises(Refused) as caught:
            await actions.connect(tx, other, client, READS, now=now)
        assert caught.value.reason.code == "production_only"


async def test_only_a_verified_organization_connects_and_only_its_own_in_house_integrations(db, clock) -> None:
    now = clock.now()
    async with db.tx() as tx:
        ada, bo = await given.user(tx, "Ada", now=now), await given.user(tx, "Bo", now=now)
        mine, theirs = await given.organization(tx, ada, now=now), await given.organization(tx, bo, now=now)
        _, client = await given.registered(
            tx, ada, now=now, environment="production", organization_id=mine, kind="script"
        )
        manager = await given.manager(tx, bo, await given.event(tx, bo, theirs, now=now))
        with pytest.raises(Refused) as caught:
            await actions.connect(tx, manager, client, READS, now=now)
        assert caught.value.reason.code == "other_organization"
        informal = await given.organization(tx, ada, now=now, verified=False)
        manager = await given.manager(tx, ada, await given.event(tx, ada, informal, now=now))
        with pytest.raises(Refused) as caught:
            await actions.connect(tx, manager, client, READS, now=now)
        assert caught.value.reason.code == "organization_not_verified"


@pytest.mark.parametrize(
    "asked", [[], ["profile.read"], ["event.read", "profile.read"], ["nope"], ["event.attendance"]]
)
async def test_a_connection_carries_declared_installation_scopes_only(db, clock, asked) -> None:
    with pytest.raises(Refused) as caught:
        async with db.tx() as tx:
            await connected(tx, clock.now(), asked=asked)
    assert caught.value.reason.code == "invalid_scope"


async def test_a_scope_is_taken_back_but_not_the_last_one(db, clock) -> None:
    async with db.tx() as tx:
        manager, _, made = await connected(tx, clock.now())
        left = await actions.narrow(tx, manager, made.id, "participants.read", now=clock.now())
        assert left.granted_scopes == ["event.read"]
        with pytest.raises(Refused):
            await actions.narrow(tx, manager, made.id, "event.read", now=clock.now())


async def test_one_click_moves_the_end_and_pausing_is_undone_by_resuming(db, clock) -> None:
    async with db.tx() as tx:
        manager, _, made = await connected(tx, clock.now())
        later = clock.pass_(days=110)
        assert (await actions.extend(tx, manager, made.id, now=later)).ends_at == later + timedelta(days=90)
        await actions.pause(tx, manager, made.id, now=later)
        assert (await queries.get(tx, made.id)).paused_at == later
        await actions.resume(tx, manager, made.id, now=later)
        assert (await queries.get(tx, made.id)).paused_at is None


async def test_what_a_person_needs_to_sign_in_is_told_apart(db, clock) -> None:
    async with db.tx() as tx:
        manager, client, made = await connected(tx, clock.now())
        org = manager.organization_id
        assert signing_in.why_not_sign_in(client, made, True, org) is None
        assert signing_in.why_not_sign_in(client, made, False, org).code == "no_application"
        assert signing_in.why_not_sign_in(client, None, True, org).code == "not_connected"
        first = await grants.grant(
            tx, manager.user_id, manager.event_id, client, made, ["event.attendance"], now=clock.now()
        )
        wider = await grants.grant(
            tx, manager.user_id, manager.event_id, client, made, ["profile.read"], now=clock.now()
        )
        assert (wider.id, wider.scopes) == (first.id, ["profile.read", "event.attendance"])


async def test_a_duty_is_told_once_and_confirmed_once(db, clock) -> None:
    async with db.tx() as tx:
        manager, client, made = await connected(tx, clock.now())
        duty = await deletions.open_for_installation(tx, made, reason="organizer_disconnected", now=clock.now())
        (told,) = await tx.all(str, "SELECT convert_from(body, 'utf8') FROM messages WHERE installation_id IS NOT NULL")
        assert f'"deletion_id":"{duty.id}"' in told
        assert duty.deadline_at == clock.now() + timedelta(days=30)
        first = await deletions.confirm(tx, client.integration_id, duty.id, by=client.id, now=clock.now())
        clock.pass_(days=1)
        assert await deletions.confirm(tx, client.integration_id, duty.id, by="usr_x", now=clock.now()) == first
        assert [one.id for one in await duties.list_by_client(tx, client.id)] == [duty.id]
        assert [one.integration_name for one in await duties.list_by_event(tx, manager.event_id)] == ["BadgePress"]


async def test_the_catalogue_of_an_event_offers_what_may_be_connected(db, clock) -> None:
    async with db.tx() as tx:
        manager, client, made = await connected(tx, clock.now())
        offers = await catalogue.list_offers(tx, manager.event_id)
        assert [(one.id, one.installation_id, one.events) for one in offers] == [(client.integration_id, made.id, 1)]
        assert await catalogue.list_offers(tx, manager.event_id, search="papertrail")
        assert await catalogue.list_offers(tx, manager.event_id, search="no such thing") == []
