"""`revento trigger`: the real action behind each webhook type."""

from collections import Counter

import pytest

from revento.contract.errors import Refused
from revento.kernel.db import Database
from revento.sandbox import happenings
from tests.furnished import there

BESIDES = {  # what a deed tells besides, because the real action does
    "application.approved": {"participant.registered"},
    "participant.registered": {"application.approved"},
    # Who is not approved any more gives places back.
    "application.submitted": {"activity.capacity_state_changed"},
    "application.rejected": {"activity.capacity_state_changed"},
    "application.revision_requested": {"activity.capacity_state_changed"},
    "activity.capacity_state_changed": {"activity.updated"},
    # Who hosts does so under her new name.
    "participant.profile_updated": {"activity.updated"},
}

NEED_A_CONNECTION = {"data.deletion_required", "integration.suspended", "integration.resumed", "webhook.test"}


@pytest.fixture
def database_url(sandbox_url: str) -> str:
    """The sandbox is there."""
    return sandbox_url


async def test_every_deed_tells_its_type_as_often_as_it_is_done(db: Database, clock) -> None:
    event_id = there().events["lanternfold-tides"]
    for type, deed in happenings.DEEDS.items():
        if type in NEED_A_CONNECTION:
            continue
        async with db.tx() as tx:
            await tx.run("DELETE FROM messages")
            await tx.run("DELETE FROM messages_later")
        for _ in range(12):
            async with db.tx() as tx:
                await deed(await happenings.at(tx, event_id, now=clock.pass_(seconds=1)))
        async with db.tx() as tx:
            told = Counter(await tx.all(str, "SELECT topic FROM messages UNION ALL SELECT topic FROM messages_later"))
        assert told[type] == 12, type
        assert set(told) <= {type} | BESIDES.get(type, set())


async def test_nothing_is_made_to_happen_outside_the_sandbox(db: Database, clock) -> None:
    async with db.tx() as tx:
        await tx.run("UPDATE organizations SET is_sandbox = false")
    async with db.tx() as tx:
        with pytest.raises(Refused):
            await happenings.at(tx, there().events["lanternfold-tides"], now=clock.now())
