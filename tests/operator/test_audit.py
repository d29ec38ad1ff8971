"""The audit log: filters, and a chain that shows every later change."""

import pytest

from revento.identity.audit import actions as audit
from revento.identity.audit import chain, queries, rules
from revento.kernel.config import Settings
from revento.kernel.db import Database, LockNotAvailable, UniqueViolation
from revento.kernel.secrets import Box, Keys
from revento.workers import seal_audit
from revento.workers.tools import Tools
from tests.conftest import MovableClock
from tests.visits import Site, Visitor


async def write(db: Database, clock: MovableClock, *actions: str) -> None:
    """Deeds of one person."""
    async with db.tx() as tx:
        for action in actions:
            await audit.note(tx, "usr_ada", action, "org_moss", now=clock.now(), organization_id="org_moss", n=1)


def tools(db: Database, clock: MovableClock) -> Tools:
    keys = Keys("k" * 32)
    return Tools(Settings.read({"DATABASE_URL": db.url}, env="development"), db, clock, keys, Box(keys))


async def verdict(db: Database) -> chain.Verdict:
    async with db.tx() as tx:
        return await chain.verify(tx)


async def test_new_rows_are_sealed_behind_the_old_ones(db: Database, clock: MovableClock) -> None:
    await write(db, clock, "a.one", "a.two")
    assert await seal_audit.seal(tools(db, clock)) == 2
    await write(db, clock, "a.three")
    assert (await verdict(db)).unsealed == 1
    assert await seal_audit.seal(tools(db, clock)) == 1
    assert await seal_audit.seal(tools(db, clock)) == 0
    found = await verdict(db)
    assert (found.seals, found.rows, found.unsealed, found.wrong) == (2, 3, 0, None)


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("UPDATE audit_log SET actor = 'usr_eve' WHERE id = 2", "a row between 1 and 3 is not as it was sealed"),
        ("UPDATE audit_log SET detail = '{}' WHERE id = 1", "a row between 1 and 3 is not as it was sealed"),
        ("DELETE FROM audit_log WHERE id = 2", "seal 1 covers 3 rows (1 to 3), 2 are there"),
        ("DELETE FROM audit_seals WHERE id = 1", "seal 2 does not follow the seal before it"),
    ],
)
async def test_every_later_change_is_seen(db: Database, clock: MovableClock, tampering: str, told: str) -> None:
    await write(db, clock, "a.one", "a.two", "a.three")
    await seal_audit.seal(tools(db, clock))
    await write(db, clock, "a.four")
    await seal_audit.seal(tools(db, clock))
    assert (await verdict(db)).wrong is None
    async with db.tx() as tx:
        await tx.run(tampering)  # type: ignore[arg-type]
    assert (await verdict(db)).wrong == told


async def test_a_row_that_is_still_being_written_is_left_for_the_next_seal(db: Database, clock: MovableClock) -> None:
    async with db.tx() as slow:
        await audit.note(slow, "usr_ada", "a.slow", "org_moss", now=clock.now())
        with pytest.raises(LockNotAvailable):
            async with db.tx() as tx:
                await queries.newest_settled(tx)
        assert await seal_audit.seal(tools(db, clock)) == 0
    assert await seal_audit.seal(tools(db, clock)) == 1


async def test_the_chain_cannot_fork(db: Database, clock: MovableClock) -> None:
    await write(db, clock, "a.one")
    await seal_audit.seal(tools(db, clock))
    with pytest.raises(UniqueViolation):
        async with db.tx() as tx:
            await queries.insert_seal(
                tx, first_id=1, last_id=1, rows=1, previous_hash=rules.GENESIS, hash=b"x", now=clock.now()
            )
    assert (await verdict(db)).wrong is None


async def test_the_page_filters_by_deed_person_day_and_anything_it_is_about(
    site: Site, olga: Visitor, clock: MovableClock
) -> None:
    await write(site.db, clock, "moss.grown", "moss.cut", "stone.rolled")
    clock.pass_(days=2)
    await write(site.db, clock, "moss.watered")

    async def shown(query: str) -> set[str]:
        page = await olga.get(f"/operator/audit?{query}", headers={"HX-Request": "true"})
        return {deed for deed in ("moss.grown", "moss.cut", "stone.rolled", "moss.watered") if f">{deed}<" in page.text}

    everything = {"moss.grown", "moss.cut", "stone.rolled", "moss.watered"}
    assert await shown("") == everything
    assert await shown("action=moss.") == everything - {"stone.rolled"}
    assert await shown("action=moss.cut") == {"moss.cut"}
    assert await shown("actor=usr_ada") == everything
    assert await shown("actor=usr_eve") == set()
    assert await shown("q=org_moss") == everything
    assert await shown(f"since={clock.now().date()}") == {"moss.watered"}
    assert await shown(f"until={(clock.now()).date()}&action=moss.") == everything - {"stone.rolled"}


async def test_the_page_goes_on_where_it_ended(site: Site, olga: Visitor, clock: MovableClock) -> None:
    await write(site.db, clock, *(f"deed.n{n:03}" for n in range(120)))
    page, seen = "/operator/audit?action=deed.", []
    while page:
        text = (await olga.get(page)).text
        seen += [part.split("<")[0] for part in text.split("<code>deed.")[1:]]
        link = [part.split('"')[0] for part in text.split('<a class="btn small" href="')[1:]]
        page = f"/operator/audit{link[0].replace('&amp;', '&')}" if link else ""
    assert seen == [f"n{n:03}" for n in reversed(range(120))]
