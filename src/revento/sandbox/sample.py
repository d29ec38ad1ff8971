"""The sandbox's sample integration: what `examples/quickstart-*` run with, credentials and all."""

from datetime import datetime
from typing import Final

from revento.contract import topics
from revento.contract.manifest import Manifest, ManifestScopes, Publisher
from revento.integrations.catalogue import actions as catalogue
from revento.integrations.catalogue import queries as integrations
from revento.integrations.credentials import actions as credentials
from revento.integrations.credentials import queries as clients
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, IntegrationId, UserId
from revento.kernel.secrets import Box
from revento.sandbox.models import Credentials

_HERE: Final = "http://localhost:3000"
REDIRECT_URI: Final = f"{_HERE}/callback"
MANIFEST: Final = Manifest(
    name="Lantern Companion",
    description=(
        "A sample integration: reads an event, its program and its participants, and listens to what happens there. "
        "Both quickstarts run with its credentials."
    ),
    kind="public",
    publisher=Publisher(
        display_name="Ines Ferreira",
        website_url="https://companion.example",
        support_email="support@companion.example",
        privacy_url="https://companion.example/privacy",
        terms_url="https://companion.example/terms",
    ),
    connect_url=f"{_HERE}/connect",
    login_url=f"{_HERE}/login",
    redirect_uris=[REDIRECT_URI],
    webhook_url=f"{_HERE}/webhooks/revento",
    declared_webhook_event_types=[topic.name for topic in topics.ALL],
    scopes=ManifestScopes(
        required=["event.read", "participants.read", "profile.read"],
        optional=["program.read", "event.attendance"],
        purposes={
            "event.read": "To show the event's title and dates.",
            "participants.read": "To count who takes part and to notice new approvals.",
            "program.read": "To show what happens now and next.",
            "profile.read": "To greet you by name.",
            "event.attendance": "To know which of your events to show.",
        },
    ),
    webview_origins=[],
)


async def put(tx: Tx, owner: UserId, known: Credentials | None, box: Box, *, seed: int, now: datetime) -> Credentials:
    """The sample integration with credentials that work: those `known` already, or new ones.

    Secrets are kept as hashes, so when the sheet that held them is lost they are rotated.
    """
    id = IntegrationId(ids.named("int", str(seed), "companion"))
    client_id = ClientId(ids.named("cli", str(seed), "companion"))
    client = await clients.find_client(tx, client_id)
    if client is not None and known is not None and known.client_id == client_id:
        return known
    if client is not None:
        secret = await credentials.rotate(tx, owner, client, now=now)
        return _shown(id, client_id, secret, await credentials.rotate_signing(tx, owner, box, client, now=now))
    assert await integrations.find(tx, id) is None
    made = await catalogue.register(
        tx,
        owner,
        MANIFEST,
        environment="sandbox",
        organization_id=None,
        box=box,
        now=now,
        id=id,
        client_id=client_id,
    )
    return _shown(id, client_id, made.client_secret, made.webhook_secret)


def _shown(id: IntegrationId, client_id: ClientId, secret: str, webhook_secret: str | None) -> Credentials:
    return Credentials(
        id=id,
        name=MANIFEST.name,
        client_id=client_id,
        client_secret=secret,
        webhook_secret=webhook_secret,
        redirect_uris=MANIFEST.redirect_uris,
        webhook_url=MANIFEST.webhook_url,
        scopes=MANIFEST.declared_scopes,
    )
