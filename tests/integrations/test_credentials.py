"""Credentials: seen once, proved in constant time, rotated with an overlap."""

import pytest

from revento.contract.errors import Refused
from revento.integrations.credentials import actions, queries
from revento.kernel import secrets
from revento.webhooks import signing
from tests.integrations import given


async def test_the_secret_proves_its_client_and_nothing_else_does(db, clock) -> None:
    async with db.tx() as tx:
        made, client = await given.registered(tx, None, now=clock.now())
        assert secrets.is_well_formed(made.client_secret, "rev_secret_")
        proven = await actions.prove(tx, made.client_id, made.client_secret.encode(), now=clock.now())
        assert proven is not None
        assert (proven.client_id, proven.integration_id, proven.environment) == (made.client_id, made.id, "sandbox")
        for id, secret in [
            (made.client_id, b"rev_secret_wrong"),
            (made.client_id, b"\xff\xfe"),
            ("cli_unknown", made.client_secret.encode()),
        ]:
            assert await actions.prove(tx, id, secret, now=clock.now()) is None
        (kept,) = await queries.list_secrets(tx, client.id)
        assert (kept.hint, kept.last_used_at) == (made.client_secret[-4:], clock.now())


async def test_no_secret_rests_readable_in_the_database(db, clock) -> None:
    async with db.tx() as tx:
        made, _ = await given.registered(tx, None, now=clock.now())
        dump = str(
            await tx.all(str, "SELECT client_secrets::text FROM client_secrets")
            + await tx.all(str, "SELECT signing_secrets::text FROM signing_secrets")
            + await tx.all(str, "SELECT audit_log::text FROM audit_log")
        )
    assert made.client_secret not in dump
    assert made.webhook_secret is not None
    assert made.webhook_secret not in dump


async def test_a_rotated_secret_counts_for_a_day_beside_the_new_one(db, clock) -> None:
    async with db.tx() as tx:
        made, client = await given.registered(tx, None, now=clock.now())
        new = await actions.rotate(tx, "system", client, now=clock.now())
        for secret in (made.client_secret, new):
            assert await actions.prove(tx, client.id, secret.encode(), now=clock.now())
        clock.pass_(hours=24)
        assert await actions.prove(tx, client.id, made.client_secret.encode(), now=clock.now()) is None
        assert await actions.prove(tx, client.id, new.encode(), now=clock.now())


async def test_the_owner_may_end_the_old_secret_early_but_never_the_last_one(db, clock) -> None:
    async with db.tx() as tx:
        made, client = await given.registered(tx, None, now=clock.now())
        await actions.rotate(tx, "system", client, now=clock.now())
        new, old = await queries.list_secrets(tx, client.id)
        await actions.end_previous(tx, "system", client, old.id, now=clock.now())
        assert await actions.prove(tx, client.id, made.client_secret.encode(), now=clock.now()) is None
        with pytest.raises(Refused):
            await actions.end_previous(tx, "system", client, new.id, now=clock.now())


async def test_a_signing_secret_is_issued_only_when_webhooks_are_declared_and_rotates_with_overlap(db, clock) -> None:
    async with db.tx() as tx:
        silent, client = await given.registered(
            tx, None, now=clock.now(), declared_webhook_event_types=[], webhook_url=None
        )
        assert silent.webhook_secret is None
        with pytest.raises(Refused):
            await actions.rotate_signing(tx, "system", given.BOX, client, now=clock.now())
        made, client = await given.registered(tx, None, now=clock.now())
        assert made.webhook_secret is not None
        assert len(signing.standard_key(made.webhook_secret)) == 32
        await actions.rotate_signing(tx, "system", given.BOX, client, now=clock.now())
        new, old = await queries.list_signing(tx, client.id)
        assert new.expires_at is None
        assert old.expires_at is not None
        assert (old.expires_at - clock.now()).total_seconds() == 86_400
