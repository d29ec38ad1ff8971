"""Any order of issuing, refreshing, replaying, revoking, expiring, suspending and cutting keeps four promises:
a revoked or expired token never passes; at most one live refresh token per family; scopes never grow; nothing outlives
the cap."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from revento.contract.errors import Reason
from revento.contract.scopes import TokenKind
from revento.integrations.credentials.models import ProvenClient
from revento.kernel import secrets
from revento.kernel.db import Database, Tx
from revento.kernel.ids import ClientId, FamilyId, InstallationId, IntegrationId
from revento.kernel.secrets import Keys
from revento.oauth.families import actions, queries, rules
from revento.oauth.families.models import Binding, End, TokenPair
from tests.webhooks import world

KEYS = Keys("a key for tests that nobody else uses, 32 characters at least")
SCOPES = ["event.read", "participants.read", "program.read"]


class Seen(msgspec.Struct):
    """A pair that was handed out."""

    family_id: FamilyId
    pair: TokenPair
    generation: int
    at: datetime


def machine(db: Database, con: world.World, loop: asyncio.AbstractEventLoop) -> type[RuleBasedStateMachine]:
    """The machine for this database."""
    one = con.connections[0]
    client = ProvenClient(ClientId(one.client_id), IntegrationId(one.integration_id), "production", "published")
    binding = Binding(
        kind=TokenKind.INSTALLATION,
        client_id=client.client_id,
        integration_id=client.integration_id,
        installation_id=InstallationId(one.installation_id),
        event_id=con.event_id,
        organization_id=con.organization_id,
    )

    class Tokens(RuleBasedStateMachine):
        """Families of one installation; `dead` holds those that must never come back."""

        def __init__(self) -> None:
            super().__init__()
            self.now = datetime.fromisoformat("2027-01-01T00:00:00+00:00")
            self.seen: list[Seen] = []
            self.born: dict[FamilyId, datetime] = {}
            self.newest: dict[FamilyId, int] = {}
            self.dead: set[FamilyId] = set()
            self.dead_access: set[str] = set()
            self.suspended = False

        def do(self, work: Any) -> Any:
            async def inside() -> Any:
                async with db.tx() as tx:
                    return await work(tx)

            return loop.run_until_complete(inside())

        @rule()
        @precondition(lambda self: len(self.born) < 4 and not self.suspended)
        def issue(self) -> None:
            family_id, pair = self.do(lambda tx: actions.issue(tx, binding, SCOPES, keys=KEYS, now=self.now))
            self.born[family_id], self.newest[family_id] = self.now, 0
            self.seen.append(Seen(family_id, pair, 0, self.now))

        @rule(which=st.integers(0, 30), scope=st.sampled_from([None, "event.read", "program.read event.read"]))
        @precondition(lambda self: self.seen)
        def refresh(self, which: int, scope: str | None) -> None:
            shown = self.seen[which % len(self.seen)]
            spent = shown.generation < self.newest[shown.family_id]
            got = self.do(
                lambda tx: actions.refresh(tx, client, shown.pair.refresh_token, scope, keys=KEYS, now=self.now)
            )
            if isinstance(got, Reason):
                if spent and got.code == "invalid_grant":
                    self.dead.add(shown.family_id)
                return
            assert shown.family_id not in self.dead
            assert not self.suspended
            assert self.now < self.born[shown.family_id] + rules.CAP
            assert set(got.scopes) <= set(SCOPES if scope is None else scope.split())
            twin = next((one for one in self.seen if one.pair.refresh_token == got.refresh_token), None)
            assert spent == (twin is not None)
            if twin is None:
                self.newest[shown.family_id] += 1
                self.seen.append(Seen(shown.family_id, got, self.newest[shown.family_id], self.now))

        @rule(which=st.integers(0, 30), access=st.booleans())
        @precondition(lambda self: self.seen)
        def revoke(self, which: int, access: bool) -> None:
            shown = self.seen[which % len(self.seen)]
            token = shown.pair.access_token if access else shown.pair.refresh_token
            self.do(lambda tx: actions.revoke(tx, client, token, now=self.now))
            if access:
                self.dead_access.add(token)
            else:
                self.dead.add(shown.family_id)

        @rule(seconds=st.sampled_from([1, 29, 31, 1800, 3601, 86_500, 40 * 86_400, 100 * 86_400]))
        def time_passes(self, seconds: int) -> None:
            self.now += timedelta(seconds=seconds)

        @rule()
        def suspend_or_resume(self) -> None:
            act = actions.resume_by_integration if self.suspended else actions.suspend_by_integration
            self.do(lambda tx: act(tx, client.integration_id, now=self.now))
            if not self.suspended:
                self.dead_access |= {one.pair.access_token for one in self.seen}
            self.suspended = not self.suspended

        @rule()
        @precondition(lambda self: self.born)
        def cut(self) -> None:
            end = End.ORGANIZER_DISCONNECTED
            self.do(lambda tx: actions.revoke_by_installation(tx, binding.installation_id, end, now=self.now))
            self.dead |= set(self.born)

        @invariant()
        def no_dead_token_passes(self) -> None:
            async def look(tx: Tx) -> None:
                for one in self.seen[-8:]:
                    bearer = await queries.find_bearer(tx, secrets.sha256(one.pair.access_token))
                    passes = rules.why_not_bear(bearer, now=self.now) is None
                    over = self.now >= one.at + rules.ACCESS or self.now >= self.born[one.family_id] + rules.CAP
                    ended = one.family_id in self.dead or one.pair.access_token in self.dead_access
                    assert passes == (not over and not ended)

            self.do(look)

        @invariant()
        def one_refresh_token_lives_at_most(self) -> None:
            for family_id in self.born:
                hashes = [secrets.sha256(one.pair.refresh_token) for one in self.seen if one.family_id == family_id]

                async def look(tx: Tx, hashes: list[bytes] = hashes) -> int:
                    found = [await queries.find_refresh_token(tx, hash, now=self.now) for hash in hashes]
                    return sum(one is not None and one.is_live for one in found)

                assert self.do(look) <= (0 if family_id in self.dead or self.suspended else 1)

        def teardown(self) -> None:
            if self.suspended:
                self.suspend_or_resume()

    return Tokens


def test_promise_tokens_end_when_they_end_and_never_grow(database_url: str) -> None:
    loop = asyncio.new_event_loop()
    try:

        async def build() -> tuple[Database, world.World]:
            db = await Database.open(database_url, size=1)
            async with db.tx() as tx:
                con = await world.make(tx)
                await world.connect(tx, con, None)
            return db, con

        db, con = loop.run_until_complete(build())
        checked = machine(db, con, loop).TestCase
        checked.settings = settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        )
        checked().runTest()
        assert loop.run_until_complete(_families(db)) > 0
        loop.run_until_complete(db.close())
    finally:
        loop.close()


async def _families(db: Database) -> int:
    async with db.tx() as tx:
        return await tx.one(int, "SELECT count(*) FROM token_families")
