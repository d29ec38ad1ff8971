"""What tests about integrations stand on, made through the product's own doors."""

from datetime import datetime, timedelta
from typing import Any

from revento.events.applications import actions as applications
from revento.events.events import actions as events
from revento.events.events.actions import EventFacts
from revento.events.waves import actions as waves
from revento.identity import proofs
from revento.identity.organizations import actions as organizations
from revento.identity.organizations.actions import VerificationPapers
from revento.identity.permissions import Permission
from revento.identity.proofs import IntegrationManager, Operator
from revento.identity.users import queries as users
from revento.integrations.catalogue import actions as catalogue
from revento.integrations.catalogue.models import Registered
from revento.integrations.credentials import queries as clients
from revento.integrations.credentials.models import Client
from revento.integrations.installations import actions as installations
from revento.integrations.installations.models import Installation
from revento.integrations.manifests import actions as manifests
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, OrganizationId, UserId
from revento.kernel.secrets import Box, Keys

BOX = Box(Keys("a key for tests that nobody else uses, 32 characters at least"))


def document(**changed: Any) -> dict[str, Any]:
    """A manifest that is right in every respect, for the sandbox and for production."""
    return {
        "name": "BadgePress",
        "description": "Prints badges.",
        "kind": "public",
        "publisher": {
            "display_name": "Papertrail Labs",
            "website_url": "https://papertrail.example",
            "support_email": "help@papertrail.example",
            "privacy_url": "https://papertrail.example/privacy",
            "terms_url": "https://papertrail.example/terms",
        },
        "connect_url": "https://badges.papertrail.example/connect",
        "login_url": "https://badges.papertrail.example/login",
        "redirect_uris": ["https://badges.papertrail.example/callback"],
        "webhook_url": "https://badges.papertrail.example/webhooks",
        "declared_webhook_event_types": ["application.approved", "data.deletion_required"],
        "scopes": {
            "required": ["event.read", "participants.read"],
            "optional": ["program.read", "profile.read", "event.attendance"],
            "purposes": {
                "event.read": "To print the event's title.",
                "participants.read": "To print names.",
                "program.read": "To print the program on the back.",
                "profile.read": "To greet you.",
                "event.attendance": "To show your badge.",
            },
        },
        "webview_origins": ["https://badges.papertrail.example"],
        "icon_url": None,
        **changed,
    }


async def user(tx: Tx, name: str, *, now: datetime) -> UserId:
    """Somebody with an account."""
    id = UserId(ids.new("usr"))
    await users.insert(
        tx,
        id,
        email=f"{name.lower()}-{id[-6:]}@example.org",
        name=name,
        password_hash=None,
        email_verified_at=now,
        locale="en",
        is_operator=False,
        is_sandbox=False,
        now=now,
    )
    return id


async def organization(
    tx: Tx, owner: UserId, *, now: datetime, sandbox: bool = False, verified: bool = True
) -> OrganizationId:
    """An organization of hers: a sandbox, a verified one, or an informal one."""
    if sandbox:
        id = OrganizationId(ids.new("org"))
        await organizations.open_sandbox(tx, owner, id, "Sandbox", now=now)
        return id
    id = await organizations.found(tx, owner, "Northlight Collective", now=now)
    if verified:
        member = await proofs.as_organization_member(tx, owner, id, Permission.ORGANIZATION_EDIT)
        papers = VerificationPapers("Northlight ry", "123", "FI")
        await organizations.request_verification(tx, member, papers, now=now)
        await organizations.verify(tx, Operator(owner), id, now=now)
    return id


async def event(tx: Tx, owner: UserId, organization_id: OrganizationId, *, now: datetime, **facts: Any) -> EventId:
    """A published event that begins in thirty days and lasts three."""
    member = await proofs.as_organization_member(tx, owner, organization_id, Permission.EVENT_EDIT)
    starts = now + timedelta(days=30)
    wanted = {"title": "Northlight Con", "starts_at": starts, "ends_at": starts + timedelta(days=3), **facts}
    id = await events.create(tx, member, EventFacts(time_zone="Europe/Helsinki", **wanted), now=now)
    await events.publish(tx, await proofs.as_organizer(tx, owner, id), now=now)
    return id


async def manager(tx: Tx, owner: UserId, event_id: EventId) -> IntegrationManager:
    """The proof that she may connect."""
    return await proofs.as_integration_manager(tx, owner, event_id)


async def registered(
    tx: Tx,
    owner: UserId | None,
    *,
    now: datetime,
    organization_id: OrganizationId | None = None,
    environment: Any = "sandbox",
    allowed: Any = (),
    **changed: Any,
) -> tuple[Registered, Client]:
    """An integration with its credentials and its client."""
    manifest = manifests.read(document(**changed), environment=environment, allowed=allowed)
    made = await catalogue.register(
        tx, owner, manifest, environment=environment, organization_id=organization_id, box=BOX, now=now
    )
    client = await clients.find_client(tx, made.client_id)
    assert client is not None
    return made, client


async def connect(tx: Tx, manager: IntegrationManager, client: Client, *, now: datetime) -> Installation:
    """Connects with what the manifest requires."""
    return await installations.connect(tx, manager, client, ["event.read", "participants.read"], now=now)


async def application(tx: Tx, owner: UserId, user_id: UserId, event_id: EventId, *, now: datetime) -> None:
    """Somebody applies for the event, in a wave that is open for it."""
    organizer = await proofs.as_organizer(tx, owner, event_id)
    span = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1)}
    await waves.put_wave(tx, organizer, id=None, title="All", role="participant", capacity=None, now=now, **span)
    await applications.apply(tx, user_id, event_id, applications.Request("participant", "Cyd", {}), now=now)
