"""The doors of consent: may it be offered, what was shown, what was decided (contract §3.1)."""

from datetime import datetime
from typing import Final

from revento.contract import errors
from revento.contract import scopes as table
from revento.contract.errors import Refused
from revento.contract.scopes import TokenKind
from revento.events.applications import queries as applications
from revento.events.events import queries as events
from revento.identity import permissions, proofs
from revento.identity.organizations import queries as organizations
from revento.identity.permissions import Permission
from revento.integrations.credentials import queries as credentials
from revento.integrations.credentials.models import Client
from revento.integrations.grants import actions as grants
from revento.integrations.grants import queries as grant_queries
from revento.integrations.grants import rules as grant_rules
from revento.integrations.installations import actions as installations
from revento.integrations.installations import queries as installation_queries
from revento.integrations.installations import rules as installation_rules
from revento.kernel import secrets
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId
from revento.kernel.secrets import Box
from revento.oauth.audit import actions as audit
from revento.oauth.codes import actions as codes
from revento.oauth.consent import queries, rules
from revento.oauth.consent.models import AuthorizationRequest, Offer, Pending
from revento.oauth.families.models import Binding

_REFERENCE: Final = "rev_consent_"
MANAGING: Final = [role for role in permissions.ALLOWED if permissions.allows(role, Permission.INTEGRATION_MANAGE)]


async def prepare(tx: Tx, user_id: UserId, client: Client, request: AuthorizationRequest) -> Offer:
    """What the person is to be asked. Raises `Refused` with the reason why it can't be hers to grant."""
    if request.event_id is None:
        raise Refused(errors.INVALID_REQUEST, field="event_id")
    if request.kind is TokenKind.INSTALLATION:
        return await _prepare_connect(tx, user_id, client, request, request.event_id)
    return await _prepare_sign_in(tx, user_id, client, request, request.event_id)


async def _prepare_connect(
    tx: Tx, user_id: UserId, client: Client, request: AuthorizationRequest, event_id: EventId
) -> Offer:
    manager = await proofs.as_integration_manager(tx, user_id, event_id)
    event = await events.get(tx, event_id)
    organization = await organizations.get(tx, manager.organization_id)
    if reason := installation_rules.why_not_connect(client, organization, event):
        raise Refused(reason)
    active = await installation_queries.find_active(tx, event_id, client.integration_id)
    held = active.granted_scopes if active else []
    return Offer(request.kind, event, *rules.offered(request.scopes, held, client.manifest.scopes.optional))


async def _prepare_sign_in(
    tx: Tx, user_id: UserId, client: Client, request: AuthorizationRequest, event_id: EventId
) -> Offer:
    event = await events.find(tx, event_id)
    if event is None:
        raise Refused(errors.NOT_FOUND)
    installation = await installation_queries.find_active(tx, event_id, client.integration_id)
    applied = await applications.find_by_user(tx, event_id, user_id) is not None
    if reason := grant_rules.why_not_sign_in(client, installation, applied, event.organization_id):
        raise Refused(reason)
    active = await grant_queries.find_active(tx, event_id, user_id, client.integration_id)
    held = active.scopes if active else []
    return Offer(request.kind, event, *rules.offered(request.scopes, held, client.manifest.scopes.optional))


async def note_refused(
    tx: Tx, user_id: UserId, client: Client, request: AuthorizationRequest, reason: str, *, now: datetime
) -> None:
    """Keeps that somebody was told no, and why."""
    await audit.note(
        tx,
        user_id,
        "consent.refused",
        client_id=client.id,
        integration_id=client.integration_id,
        scopes=request.scopes,
        reason=reason,
        now=now,
    )


async def open_page(
    tx: Tx, request: AuthorizationRequest, offer: Offer, *, session_id: str, user_id: UserId, now: datetime
) -> str:
    """Keeps what the page is about to show; the reference that its form carries, good for this session alone."""
    reference = secrets.new_secret(_REFERENCE)
    await queries.insert(
        tx,
        secrets.sha256(reference),
        request,
        event_id=offer.event.id,
        session_id=session_id,
        user_id=user_id,
        required_scopes=offer.certain,
        optional_scopes=offer.optional,
        expires_at=now + rules.LIFE,
        now=now,
    )
    return reference


async def find_page(tx: Tx, reference: str, *, session_id: str, user_id: UserId) -> Pending:
    """The page that was shown to this very session. Raises `FORM_EXPIRED`. Locks it."""
    found = await queries.lock(tx, secrets.sha256(reference))
    if found is None or found.session_id != session_id or found.user_id != user_id:
        raise Refused(errors.FORM_EXPIRED)
    return found


async def deny(tx: Tx, reference: str, pending: Pending, *, box: Box, issuer: str, now: datetime) -> str:
    """Keeps the no; where the browser goes. A page that was decided already keeps its first answer."""
    if pending.location is not None:
        return _opened(box, reference, pending.location)
    where = rules.location(pending.redirect_uri, issuer, pending.state, error="access_denied")
    await _note(tx, pending, "consent.denied", now=now)
    return await _decided(tx, reference, where, box=box, now=now)


async def approve(
    tx: Tx, reference: str, pending: Pending, chosen: list[str], *, box: Box, issuer: str, now: datetime
) -> str:
    """Grants exactly what the page showed and was ticked; where the browser goes, with a code.

    Everything is checked again. A page that was decided already keeps its first answer. Raises `FORM_EXPIRED`,
    `INVALID_INPUT` when nothing is left to grant, and what `prepare` refuses.
    """
    if pending.location is not None:
        return _opened(box, reference, pending.location)
    if pending.expires_at <= now:
        raise Refused(errors.FORM_EXPIRED)
    scopes = [*pending.required_scopes, *(name for name in pending.optional_scopes if name in chosen)]
    if not scopes:
        raise Refused(errors.INVALID_INPUT, "Choose at least one thing that it may see, or say no.")
    code = await _grant(tx, pending, table.in_order(scopes), now=now)
    where = rules.location(pending.redirect_uri, issuer, pending.state, code=code)
    return await _decided(tx, reference, where, box=box, now=now)


async def _grant(tx: Tx, pending: Pending, scopes: list[str], *, now: datetime) -> str:
    client = await credentials.find_client(tx, pending.client_id)
    kind = table.kind_of(scopes)
    if client is None or kind is None or pending.redirect_uri not in client.manifest.redirect_uris:
        raise Refused(errors.FORM_EXPIRED)
    binding = await grant(tx, pending.user_id, client, kind, pending.event_id, scopes, now=now)
    return await codes.issue(
        tx,
        binding,
        pending.user_id,
        redirect_uri=pending.redirect_uri,
        code_challenge=pending.code_challenge,
        scopes=scopes,
        now=now,
    )


async def grant(
    tx: Tx, user_id: UserId, client: Client, kind: TokenKind, event_id: EventId, scopes: list[str], *, now: datetime
) -> Binding:
    """Connects or signs in, after checking that the person may; what the tokens are bound to.

    Also the door of `revento connect` and `revento login`, which skip the page and nothing else.
    """
    request = AuthorizationRequest(client.id, "", kind, scopes, None, event_id, "")
    offer = await prepare(tx, user_id, client, request)
    if kind is TokenKind.INSTALLATION:
        manager = await proofs.as_integration_manager(tx, user_id, event_id)
        installation = await installations.connect(tx, manager, client, scopes, now=now)
        grant_id = None
    else:
        found = await installation_queries.find_active(tx, event_id, client.integration_id)
        if found is None:
            raise Refused(errors.NOT_CONNECTED)
        installation = found
        grant_id = (await grants.grant(tx, user_id, event_id, client, installation, scopes, now=now)).id
    binding = Binding(
        kind=kind,
        client_id=client.id,
        integration_id=client.integration_id,
        installation_id=installation.id,
        event_id=event_id,
        organization_id=offer.event.organization_id,
        user_grant_id=grant_id,
        user_id=user_id if grant_id else None,
    )
    await _note_approved(tx, user_id, binding, scopes, now=now)
    return binding


def _context(reference: str) -> str:
    return "consent " + secrets.sha256(reference).hex()


def _opened(box: Box, reference: str, sealed: bytes) -> str:
    return box.open(sealed, context=_context(reference)).decode()


async def _decided(tx: Tx, reference: str, where: str, *, box: Box, now: datetime) -> str:
    sealed = box.seal(where.encode(), context=_context(reference))
    await queries.set_decided(tx, secrets.sha256(reference), sealed, now=now)
    return where


async def _note(tx: Tx, pending: Pending, action: str, *, now: datetime) -> None:
    client = await credentials.find_client(tx, pending.client_id)
    await audit.note(
        tx,
        pending.user_id,
        action,
        client_id=pending.client_id,
        integration_id=client.integration_id if client else None,
        event_id=pending.event_id,
        scopes=table.in_order([*pending.required_scopes, *pending.optional_scopes]),
        now=now,
    )


async def _note_approved(tx: Tx, user_id: UserId, binding: Binding, scopes: list[str], *, now: datetime) -> None:
    await audit.note(
        tx,
        user_id,
        "consent.approved",
        client_id=binding.client_id,
        integration_id=binding.integration_id,
        installation_id=binding.installation_id,
        event_id=binding.event_id,
        organization_id=binding.organization_id,
        user_id=binding.user_id,
        scopes=scopes,
        now=now,
    )
