"""SQL of organizations, memberships, invitations and verification."""

from datetime import UTC, datetime
from typing import Final

from revento.identity.organizations.models import (
    EventMembership,
    Invitation,
    MemberRow,
    Organization,
    OwnOrganization,
    VerificationRequest,
)
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, OrganizationId, UserId

FIND_MEMBERSHIP_BY_EVENT = """
    SELECT e.id AS event_id, e.organization_id, m.role, e.archived_at
      FROM events e
      JOIN memberships m ON m.organization_id = e.organization_id AND m.user_id = %(user_id)s
     WHERE e.id = %(event_id)s
"""


async def find_membership_by_event(tx: Tx, user_id: UserId, event_id: EventId) -> EventMembership | None:
    """The person's role in the organization of an event."""
    return await tx.maybe(EventMembership, FIND_MEMBERSHIP_BY_EVENT, user_id=user_id, event_id=event_id)


FIND_ROLE = "SELECT role FROM memberships WHERE organization_id = %(organization_id)s AND user_id = %(user_id)s"


async def find_role(tx: Tx, user_id: UserId, organization_id: OrganizationId) -> str | None:
    """The person's role in an organization."""
    return await tx.maybe(str, FIND_ROLE, user_id=user_id, organization_id=organization_id)


IS_OPERATOR = "SELECT is_operator FROM users WHERE id = %(user_id)s AND deleted_at IS NULL"


async def is_operator(tx: Tx, user_id: UserId) -> bool:
    """Whether the person runs the platform."""
    return bool(await tx.maybe(bool, IS_OPERATOR, user_id=user_id))


GET = """
    SELECT id, name, kind, verification_status, is_sandbox, website_url, description, country, verified_at,
           created_at, updated_at
      FROM organizations
     WHERE id = %(id)s
"""


async def get(tx: Tx, id: OrganizationId) -> Organization:
    """One organization. Raises `NoRow`."""
    return await tx.one(Organization, GET, id=id)


LOCK = """
    SELECT id, name, kind, verification_status, is_sandbox, website_url, description, country, verified_at,
           created_at, updated_at
      FROM organizations
     WHERE id = %(id)s
       FOR UPDATE
"""


async def lock(tx: Tx, id: OrganizationId) -> Organization:
    """One organization, locked. Raises `NoRow`."""
    return await tx.one(Organization, LOCK, id=id)


INSERT = """
    INSERT INTO organizations (id, name, kind, verification_status, is_sandbox, website_url, description, verified_at,
                               created_by, created_at, updated_at)
    VALUES (%(id)s, %(name)s, %(kind)s, %(verification_status)s, %(is_sandbox)s, %(website_url)s, %(description)s,
            %(verified_at)s, %(created_by)s, %(now)s, %(now)s)
"""


async def insert(
    tx: Tx,
    id: OrganizationId,
    *,
    name: str,
    kind: str,
    verification_status: str,
    is_sandbox: bool,
    website_url: str,
    description: str,
    verified_at: datetime | None,
    created_by: UserId,
    now: datetime,
) -> None:
    """Founds an organization."""
    await tx.run(
        INSERT,
        id=id,
        name=name,
        kind=kind,
        verification_status=verification_status,
        is_sandbox=is_sandbox,
        website_url=website_url,
        description=description,
        verified_at=verified_at,
        created_by=created_by,
        now=now,
    )


PUT_SANDBOX = """
    INSERT INTO organizations (id, name, kind, verification_status, is_sandbox, website_url, description, verified_at,
                               created_by, created_at, updated_at)
    VALUES (%(id)s, %(name)s, 'formal', 'verified', true, '', %(description)s, %(now)s, %(created_by)s, %(now)s,
            %(now)s)
    ON CONFLICT (id) DO UPDATE
       SET name = EXCLUDED.name, kind = 'formal', verification_status = 'verified', description = EXCLUDED.description,
           verified_at = coalesce(organizations.verified_at, EXCLUDED.verified_at), updated_at = EXCLUDED.updated_at
     WHERE organizations.is_sandbox
"""


async def put_sandbox(
    tx: Tx, id: OrganizationId, *, name: str, description: str, created_by: UserId, now: datetime
) -> None:
    """Founds a sandbox organization, or makes it again what it was."""
    await tx.run(PUT_SANDBOX, id=id, name=name, description=description, created_by=created_by, now=now)


LIST_SANDBOXES = """
    SELECT id, name, kind, verification_status, is_sandbox, website_url, description, country, verified_at,
           created_at, updated_at
      FROM organizations
     WHERE is_sandbox
     ORDER BY created_at, id
"""


async def list_sandboxes(tx: Tx) -> list[Organization]:
    """Every sandbox organization, the curated ones and those that integrators opened for themselves."""
    return await tx.all(Organization, LIST_SANDBOXES)


UPDATE = """
    UPDATE organizations
       SET name = %(name)s, website_url = %(website_url)s, description = %(description)s, updated_at = %(now)s
     WHERE id = %(id)s
"""


async def update(tx: Tx, id: OrganizationId, *, name: str, website_url: str, description: str, now: datetime) -> None:
    """Changes what people read about the organization."""
    await tx.run(UPDATE, id=id, name=name, website_url=website_url, description=description, now=now)


SET_VERIFICATION = """
    UPDATE organizations
       SET kind = %(kind)s, verification_status = %(status)s, verified_at = %(verified_at)s, updated_at = %(now)s
     WHERE id = %(id)s
"""


async def set_verification(
    tx: Tx, id: OrganizationId, *, kind: str, status: str, verified_at: datetime | None, now: datetime
) -> None:
    """Moves the organization between informal, pending, verified, rejected and lost."""
    await tx.run(SET_VERIFICATION, id=id, kind=kind, status=status, verified_at=verified_at, now=now)


PUT_MEMBER = """
    INSERT INTO memberships (organization_id, user_id, role, created_at)
    VALUES (%(organization_id)s, %(user_id)s, %(role)s, %(now)s)
    ON CONFLICT (organization_id, user_id) DO UPDATE SET role = EXCLUDED.role
"""


async def put_member(tx: Tx, organization_id: OrganizationId, user_id: UserId, role: str, *, now: datetime) -> None:
    """Makes somebody a member, or changes her role."""
    await tx.run(PUT_MEMBER, organization_id=organization_id, user_id=user_id, role=role, now=now)


DROP_MEMBER = "DELETE FROM memberships WHERE organization_id = %(organization_id)s AND user_id = %(user_id)s"


async def drop_member(tx: Tx, organization_id: OrganizationId, user_id: UserId) -> int:
    """Ends a membership; 1 when there was one."""
    return await tx.run(DROP_MEMBER, organization_id=organization_id, user_id=user_id)


COUNT_OWNERS = """
    SELECT count(*) FROM memberships WHERE organization_id = %(organization_id)s AND role = 'owner'
"""


async def count_owners(tx: Tx, organization_id: OrganizationId) -> int:
    """How many owners there are; the last one may not leave."""
    return await tx.one(int, COUNT_OWNERS, organization_id=organization_id)


LIST_MEMBERS = """
    SELECT m.user_id, u.name, u.email, m.role, m.created_at
      FROM memberships m
      JOIN users u ON u.id = m.user_id
     WHERE m.organization_id = %(organization_id)s
     ORDER BY m.created_at, m.user_id
"""


async def list_members(tx: Tx, organization_id: OrganizationId) -> list[MemberRow]:
    """All members, the oldest first."""
    return await tx.all(MemberRow, LIST_MEMBERS, organization_id=organization_id)


LIST_BY_USER = """
    SELECT o.id, o.name, o.kind, o.verification_status, o.is_sandbox, m.role,
           (SELECT count(*) FROM events e WHERE e.organization_id = o.id) AS event_count
      FROM memberships m
      JOIN organizations o ON o.id = m.organization_id
     WHERE m.user_id = %(user_id)s
     ORDER BY o.name, o.id
"""


async def list_by_user(tx: Tx, user_id: UserId) -> list[OwnOrganization]:
    """The organizations that a person belongs to."""
    return await tx.all(OwnOrganization, LIST_BY_USER, user_id=user_id)


INSERT_INVITATION = """
    INSERT INTO invitations (id, organization_id, email, role, token_hash, invited_by, created_at, expires_at)
    VALUES (%(id)s, %(organization_id)s, %(email)s, %(role)s, %(token_hash)s, %(invited_by)s, %(now)s, %(expires_at)s)
"""


async def insert_invitation(
    tx: Tx,
    id: str,
    *,
    organization_id: OrganizationId,
    email: str,
    role: str,
    token_hash: bytes,
    invited_by: UserId,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Offers a seat."""
    await tx.run(
        INSERT_INVITATION,
        id=id,
        organization_id=organization_id,
        email=email,
        role=role,
        token_hash=token_hash,
        invited_by=invited_by,
        expires_at=expires_at,
        now=now,
    )


END_OPEN_INVITATION = """
    UPDATE invitations
       SET revoked_at = %(now)s
     WHERE organization_id = %(organization_id)s AND lower(email) = lower(%(email)s)
       AND accepted_at IS NULL AND revoked_at IS NULL
"""


async def end_open_invitation(tx: Tx, organization_id: OrganizationId, email: str, *, now: datetime) -> int:
    """Takes an open offer back; 1 when there was one."""
    return await tx.run(END_OPEN_INVITATION, organization_id=organization_id, email=email, now=now)


CLAIM_INVITATION = """
    UPDATE invitations i
       SET accepted_at = %(now)s
      FROM organizations o
     WHERE i.token_hash = %(token_hash)s AND i.accepted_at IS NULL AND i.revoked_at IS NULL
       AND i.expires_at > %(now)s AND o.id = i.organization_id
    RETURNING i.id, i.organization_id, o.name AS organization_name, i.email, i.role, i.created_at, i.expires_at
"""


async def claim_invitation(tx: Tx, token_hash: bytes, *, now: datetime) -> Invitation | None:
    """Accepts an open offer; `None` when used, revoked, too old or unknown."""
    return await tx.maybe(Invitation, CLAIM_INVITATION, token_hash=token_hash, now=now)


LIST_OPEN_INVITATIONS = """
    SELECT i.id, i.organization_id, o.name AS organization_name, i.email, i.role, i.created_at, i.expires_at
      FROM invitations i
      JOIN organizations o ON o.id = i.organization_id
     WHERE i.organization_id = %(organization_id)s AND i.accepted_at IS NULL AND i.revoked_at IS NULL
       AND i.expires_at > %(now)s
     ORDER BY i.created_at
"""


async def list_open_invitations(tx: Tx, organization_id: OrganizationId, *, now: datetime) -> list[Invitation]:
    """Offers that nobody has taken yet."""
    return await tx.all(Invitation, LIST_OPEN_INVITATIONS, organization_id=organization_id, now=now)


INSERT_VERIFICATION_REQUEST = """
    INSERT INTO verification_requests (id, organization_id, legal_name, registration_number, country, documents,
                                       submitted_by, submitted_at)
    VALUES (%(id)s, %(organization_id)s, %(legal_name)s, %(registration_number)s, %(country)s, %(documents)s,
            %(submitted_by)s, %(now)s)
"""


async def insert_verification_request(
    tx: Tx,
    id: str,
    *,
    organization_id: OrganizationId,
    legal_name: str,
    registration_number: str,
    country: str,
    documents: str,
    submitted_by: UserId,
    now: datetime,
) -> None:
    """Asks the operator to verify an organization."""
    await tx.run(
        INSERT_VERIFICATION_REQUEST,
        id=id,
        organization_id=organization_id,
        legal_name=legal_name,
        registration_number=registration_number,
        country=country,
        documents=documents,
        submitted_by=submitted_by,
        now=now,
    )


LIST_VERIFICATION_REQUESTS = """
    SELECT r.id, r.organization_id, o.name AS organization_name, r.legal_name, r.registration_number, r.country,
           r.documents, r.submitted_by, r.submitted_at, r.state, r.decided_at, r.note
      FROM verification_requests r
      JOIN organizations o ON o.id = r.organization_id
     WHERE (%(state)s::text IS NULL OR r.state = %(state)s)
       AND (%(organization_id)s::text IS NULL OR r.organization_id = %(organization_id)s)
       AND (%(search)s::text IS NULL OR r.organization_id = %(search)s OR r.registration_number = %(search)s
            OR o.name ILIKE '%%' || %(search)s || '%%' OR r.legal_name ILIKE '%%' || %(search)s || '%%')
       AND (r.submitted_at, r.id) > (%(after_at)s, %(after_id)s)
     ORDER BY r.submitted_at, r.id
     LIMIT %(limit)s
"""
FIRST: Final = (datetime(1970, 1, 1, tzinfo=UTC), "")


async def list_verification_requests(
    tx: Tx,
    *,
    state: str | None = None,
    organization_id: OrganizationId | None = None,
    search: str | None = None,
    after: tuple[datetime, str] = FIRST,
    limit: int = 200,
) -> list[VerificationRequest]:
    """Requests, the oldest first. `search` is a part of a name, or a whole id or number of a register."""
    asked = {"state": state, "organization_id": organization_id, "search": search, "limit": limit}
    return await tx.all(VerificationRequest, LIST_VERIFICATION_REQUESTS, after_at=after[0], after_id=after[1], **asked)


DECIDE_VERIFICATION_REQUEST = """
    UPDATE verification_requests
       SET state = %(state)s, decided_by = %(decided_by)s, decided_at = %(now)s, note = %(note)s
     WHERE organization_id = %(organization_id)s AND state = 'pending'
"""


async def decide_verification_request(
    tx: Tx, organization_id: OrganizationId, *, state: str, decided_by: UserId, note: str, now: datetime
) -> int:
    """Settles the open request; 0 when there is none."""
    return await tx.run(
        DECIDE_VERIFICATION_REQUEST,
        organization_id=organization_id,
        state=state,
        decided_by=decided_by,
        note=note,
        now=now,
    )
