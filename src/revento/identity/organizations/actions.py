"""The doors through which organizations change."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.identity.organizations import queries, rules
from revento.identity.organizations.models import Organization
from revento.identity.permissions import Role
from revento.identity.proofs import Operator, OrganizationMember
from revento.identity.users import queries as users
from revento.kernel import ids, secrets
from revento.kernel.db import Tx
from revento.kernel.ids import OrganizationId, UserId
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail

INVITATION_LIFE = timedelta(days=14)
INVITATION_PREFIX = "rev_invite_"
_ROLES: Final = {
    Role.OWNER: Say("owner"),
    Role.ORGANIZER: Say("organizer"),
    Role.REVIEWER: Say("reviewer"),
    Role.VIEWER: Say("viewer"),
}


class VerificationPapers(msgspec.Struct, frozen=True):
    """What an organization shows to become formal."""

    legal_name: str
    registration_number: str
    country: str
    documents: str = ""


async def found(
    tx: Tx, founder: UserId, name: str, *, now: datetime, website_url: str = "", description: str = ""
) -> OrganizationId:
    """Founds an informal organization; the founder owns it."""
    id = OrganizationId(ids.new("org"))
    await queries.insert(
        tx,
        id,
        name=name,
        kind="informal",
        verification_status="unverified",
        is_sandbox=False,
        website_url=website_url,
        description=description,
        verified_at=None,
        created_by=founder,
        now=now,
    )
    await queries.put_member(tx, id, founder, Role.OWNER, now=now)
    await audit.note(tx, founder, "organization.founded", id, organization_id=id, now=now, name=name)
    return id


async def open_sandbox(
    tx: Tx, owner: UserId, id: OrganizationId, name: str, *, description: str = "", now: datetime
) -> None:
    """Makes a sandbox organization: formal and verified from birth, never a real one (contract §9). Can be repeated."""
    await queries.put_sandbox(tx, id, name=name, description=description, created_by=owner, now=now)
    await queries.put_member(tx, id, owner, Role.OWNER, now=now)
    await audit.note(tx, owner, "organization.sandbox_opened", id, organization_id=id, now=now)


async def seat(tx: Tx, id: OrganizationId, user_id: UserId, role: Role, *, now: datetime) -> None:
    """Gives somebody a role in a sandbox organization, without an invitation. Raises `WRONG_STATE` for a real one."""
    if not (await queries.get(tx, id)).is_sandbox:
        raise Refused(errors.WRONG_STATE, "Seats without an invitation exist in the sandbox only.")
    await queries.put_member(tx, id, user_id, role, now=now)
    await audit.note(tx, audit.SYSTEM, "member.seated", user_id, organization_id=id, now=now, role=role.value)


async def edit(
    tx: Tx, member: OrganizationMember, *, name: str, website_url: str, description: str, now: datetime
) -> None:
    """Changes name, address and description."""
    await queries.update(
        tx, member.organization_id, name=name, website_url=website_url, description=description, now=now
    )
    await _note(tx, member, "organization.edited", now=now, name=name)


async def request_verification(
    tx: Tx, member: OrganizationMember, papers: VerificationPapers, *, now: datetime
) -> Organization:
    """Asks the operator for formal status. Raises `WRONG_STATE` while one is pending or granted."""
    organization = await queries.lock(tx, member.organization_id)
    if reason := rules.why_not_request_verification(organization):
        raise Refused(reason)
    await queries.insert_verification_request(
        tx,
        ids.new("ver"),
        organization_id=organization.id,
        legal_name=papers.legal_name,
        registration_number=papers.registration_number,
        country=papers.country,
        documents=papers.documents,
        submitted_by=member.user_id,
        now=now,
    )
    await queries.set_verification(tx, organization.id, kind="formal", status="pending", verified_at=None, now=now)
    await _note(tx, member, "organization.verification_requested", now=now)
    return await queries.get(tx, organization.id)


async def verify(tx: Tx, operator: Operator, id: OrganizationId, *, note: str = "", now: datetime) -> None:
    """Grants formal status and tells the owners. Raises `WRONG_STATE` when nothing is pending."""
    await _decide(tx, operator, id, state="approved", status="verified", verified_at=now, note=note, now=now)


async def reject(tx: Tx, operator: Operator, id: OrganizationId, *, note: str, now: datetime) -> None:
    """Refuses formal status and tells the owners why. Raises `WRONG_STATE` when nothing is pending."""
    await _decide(tx, operator, id, state="rejected", status="rejected", verified_at=None, note=note, now=now)


async def take_status(tx: Tx, operator: Operator, id: OrganizationId, *, note: str, now: datetime) -> None:
    """Takes formal status away and tells the owners why. What hangs on it ends in `endings.lose_status`.

    Raises `WRONG_STATE` when the organization is not verified.
    """
    organization = await queries.lock(tx, id)
    if organization.verification_status != "verified":
        raise Refused(errors.WRONG_STATE)
    await queries.set_verification(tx, id, kind="informal", status="lost", verified_at=None, now=now)
    await audit.note(tx, operator.user_id, "organization.status_lost", id, organization_id=id, now=now, note=note)
    lost = Say("%(name)s is no longer a formal, verified organization", name=organization.name)
    await _tell_owners(tx, id, lost, Say("Its integrations were disconnected."), note, now=now)


async def _tell_owners(tx: Tx, id: OrganizationId, say: Say, *parts: Say | str, now: datetime) -> None:
    for member in await queries.list_members(tx, id):
        if member.role == Role.OWNER:
            sentence = Say("%(what)s.", what=say)
            await mail.write(tx, member.email, say, sentence, *parts, hello=member.name, now=now)


async def _decide(
    tx: Tx,
    operator: Operator,
    id: OrganizationId,
    *,
    state: str,
    status: str,
    verified_at: datetime | None,
    note: str,
    now: datetime,
) -> None:
    organization = await queries.lock(tx, id)
    decided = await queries.decide_verification_request(
        tx, id, state=state, decided_by=operator.user_id, note=note, now=now
    )
    if not decided:
        raise Refused(errors.WRONG_STATE)
    await queries.set_verification(tx, id, kind="formal", status=status, verified_at=verified_at, now=now)
    await audit.note(
        tx, operator.user_id, f"organization.verification_{state}", id, organization_id=id, now=now, note=note
    )
    granted = Say("%(name)s is now a formal, verified organization", name=organization.name)
    refused = Say("%(name)s could not be verified", name=organization.name)
    await _tell_owners(tx, id, granted if status == "verified" else refused, note, now=now)


async def invite(tx: Tx, member: OrganizationMember, email: str, role: Role, *, base_url: str, now: datetime) -> str:
    """Offers a seat by mail; an older open offer to the same address ends. Returns the link's token."""
    organization = await queries.get(tx, member.organization_id)
    token = secrets.new_secret(INVITATION_PREFIX)
    await queries.end_open_invitation(tx, organization.id, email, now=now)
    await queries.insert_invitation(
        tx,
        ids.new("inv"),
        organization_id=organization.id,
        email=email,
        role=role,
        token_hash=secrets.sha256(token),
        invited_by=member.user_id,
        expires_at=now + INVITATION_LIFE,
        now=now,
    )
    inviting = await users.get(tx, member.user_id)
    await mail.write(
        tx,
        email,
        Say("Join %(name)s on Revento", name=organization.name),
        Say(
            "%(who)s invites you to work on %(name)s as %(role)s.",
            who=inviting.name,
            name=organization.name,
            role=_ROLES[role],
        ),
        (Say("Accept here, within 14 days:"), f"{base_url}/account/invitations?token={token}"),
        otherwise=inviting.locale,
        now=now,
    )
    await _note(tx, member, "member.invited", now=now, role=role.value)
    return token


async def accept_invitation(tx: Tx, user_id: UserId, token: str, *, now: datetime) -> OrganizationId:
    """Takes the offered seat. Raises `LINK_EXPIRED` when used, taken back, too old or unknown."""
    invitation = await queries.claim_invitation(tx, secrets.sha256(token), now=now)
    if invitation is None:
        raise Refused(errors.LINK_EXPIRED)
    await queries.put_member(tx, invitation.organization_id, user_id, invitation.role, now=now)
    await audit.note(tx, user_id, "member.joined", user_id, organization_id=invitation.organization_id, now=now)
    return invitation.organization_id


async def change_role(tx: Tx, member: OrganizationMember, user_id: UserId, role: Role, *, now: datetime) -> None:
    """Gives a member another role. Raises `IN_USE` when it would leave no owner, `NOT_FOUND` for outsiders."""
    await _refuse_last_owner(tx, member.organization_id, user_id, becomes=role)
    await queries.put_member(tx, member.organization_id, user_id, role, now=now)
    await _note(tx, member, "member.role_changed", now=now, user_id=user_id, role=role.value)


async def remove_member(tx: Tx, member: OrganizationMember, user_id: UserId, *, now: datetime) -> None:
    """Ends a membership. Raises `IN_USE` for the last owner, `NOT_FOUND` for outsiders."""
    await _refuse_last_owner(tx, member.organization_id, user_id, becomes=None)
    await queries.drop_member(tx, member.organization_id, user_id)
    await _note(tx, member, "member.removed", now=now, user_id=user_id)


async def _refuse_last_owner(tx: Tx, organization_id: OrganizationId, user_id: UserId, *, becomes: Role | None) -> None:
    await queries.lock(tx, organization_id)
    role = await queries.find_role(tx, user_id, organization_id)
    if role is None:
        raise Refused(errors.NOT_FOUND)
    if role == Role.OWNER and becomes != Role.OWNER and await queries.count_owners(tx, organization_id) == 1:
        raise Refused(errors.IN_USE, "An organization keeps at least one owner. Make somebody else an owner first.")


async def _note(tx: Tx, member: OrganizationMember, action: str, *, now: datetime, **detail: str) -> None:
    await audit.note(
        tx,
        member.user_id,
        action,
        member.organization_id,
        organization_id=member.organization_id,
        now=now,
        **detail,
    )
