"""A running server with the API's recorded convention in it, and a token of either kind with budgets that don't end."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec

from revento.contract.endpoints import Endpoint
from revento.contract.scopes import TokenKind
from revento.integrations.credentials import queries as credentials
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.secrets import Keys
from revento.oauth.consent import actions as consent
from revento.oauth.families import actions as families
from tests.api import examples
from tests.api import world as worlds
from tests.interop import served
from tests.interop.served import Served


class Readable(msgspec.Struct):
    """What there is to read, and with what."""

    revento: Served
    event_id: str
    installation_token: str
    user_token: str

    def token(self, endpoint: Endpoint) -> str:
        """The one that this endpoint takes."""
        is_user = endpoint.scope.kind is TokenKind.USER
        return self.user_token if is_user else self.installation_token

    def ids(self, endpoint: Endpoint) -> dict[str, str]:
        """Its path parameters."""
        known = {
            "event_id": self.event_id,
            "participant_id": examples.id_of("ptp", 1),
            "activity_id": examples.id_of("act", 1),
        }
        return {name: id for name, id in known.items() if f"{{{name}}}" in endpoint.path}


@asynccontextmanager
async def readable(url: str, folder: Path) -> AsyncGenerator[Readable]:
    """`revento serve` on this database."""
    db = await Database.open(url, size=4)
    async with served.serving(db, folder) as revento:
        world = await examples.make(db)
        await worlds.change(
            world,
            """INSERT INTO rate_limits (id, integration_id, kind, per_hour, per_minute, in_flight, set_by, set_at)
               SELECT 'lim_' || kind, %(integration)s, kind, 1000000, 1000000, 100, %(user)s, %(now)s
                 FROM unnest(ARRAY['installation', 'user']) kind""",
            integration=world.integration_id,
            user=world.organizer_id,
            now=world.now,
        )
        until = Clock().now() + timedelta(hours=1)
        yield Readable(
            revento,
            world.event_id,
            await worlds.installation_token(world, expires_at=until),
            await worlds.user_token(world, examples.id_of("usr", 2), expires_at=until),
        )
    await db.close()


async def badges_token(revento: Served) -> str:
    """A token of the Badges integration, which Ivo develops, for Ada's event."""
    con, now = revento.con, Clock().now()
    async with revento.db.tx() as tx:
        client = await credentials.find_client(tx, con.badges.client_id)
        assert client is not None
        binding = await consent.grant(
            tx, con.people["Ada"], client, TokenKind.INSTALLATION, con.event_id, ["event.read"], now=now
        )
        _, pair = await families.issue(tx, binding, ["event.read"], keys=Keys(served.KEY), now=now)
    return pair.access_token
