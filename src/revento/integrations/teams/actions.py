"""The doors through which teams change."""

from datetime import datetime
from typing import Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.identity.users import queries as users
from revento.integrations.catalogue import queries as integrations
from revento.integrations.catalogue.models import Developer
from revento.integrations.credentials import queries as credentials
from revento.integrations.teams import queries
from revento.integrations.teams.models import TeamRole
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, UserId
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail
from revento.kernel.mail.actions import Part

_ROLES: Final = {"owner": Say("owner"), "developer": Say("developer"), "viewer": Say("viewer")}


async def add(tx: Tx, owner: Developer, email: str, role: TeamRole, *, name: str, base_url: str, now: datetime) -> None:
    """Lets somebody with an account work on the integration and tells her by mail.

    Raises `FORBIDDEN` for who is no owner, `INVALID_INPUT` when nobody has this address.
    """
    need_owner(owner)
    person = await users.find_by_email(tx, email)
    if person is None:
        say = "Nobody with this address has an account yet. Ask the person to sign up first."
        raise Refused(errors.INVALID_INPUT, say, fields={"email": say})
    await integrations.put_member(tx, owner.integration_id, person.id, role, now=now)
    await _note(tx, owner, "integration.member_added", person.id, now=now, role=role)
    where = f"{base_url}/developer/integrations/{owner.integration_id}"
    await mail.write(
        tx,
        person.email,
        Say("You now work on %(name)s", name=name),
        Say("you now work on %(name)s as %(role)s.", name=name, role=_ROLES[role]),
        Say("Its console: %(link)s", link=where),
        hello=person.name,
        now=now,
    )


async def change_role(tx: Tx, owner: Developer, user_id: UserId, role: TeamRole, *, now: datetime) -> None:
    """Gives a member another role; her machines' secrets end with the right to have any.

    Raises `IN_USE` when it would leave no owner, `NOT_FOUND` for outsiders.
    """
    await _may_go(tx, owner, user_id, stays_owner=role == "owner")
    await integrations.put_member(tx, owner.integration_id, user_id, role, now=now)
    if role == "viewer":
        await credentials.end_lent(tx, owner.integration_id, user_id, now=now)
    await _note(tx, owner, "integration.role_changed", user_id, now=now, role=role)


async def remove(tx: Tx, owner: Developer, user_id: UserId, *, now: datetime) -> None:
    """Ends a membership, and the secrets of her machines. Raises as above."""
    await _may_go(tx, owner, user_id, stays_owner=False)
    await integrations.drop_member(tx, owner.integration_id, user_id)
    await credentials.end_lent(tx, owner.integration_id, user_id, now=now)
    await _note(tx, owner, "integration.member_removed", user_id, now=now)


async def write(tx: Tx, integration_id: IntegrationId, subject: Say, *parts: Part, now: datetime) -> int:
    """A letter to everybody who may change the integration; how many."""
    to = [each for each in await queries.list_members(tx, integration_id) if each.role != "viewer"]
    for member in to:
        await mail.write(tx, member.email, subject, *parts, hello=member.name, now=now)
    return len(to)


def need_owner(developer: Developer) -> None:
    """Raises `FORBIDDEN` for who does not own the integration."""
    if developer.role != "owner":
        raise Refused(errors.FORBIDDEN)


async def _may_go(tx: Tx, owner: Developer, user_id: UserId, *, stays_owner: bool) -> None:
    need_owner(owner)
    owners = await queries.lock_owners(tx, owner.integration_id)
    if user_id not in {each.user_id for each in await queries.list_members(tx, owner.integration_id)}:
        raise Refused(errors.NOT_FOUND)
    if owners == [user_id] and not stays_owner:
        raise Refused(errors.IN_USE, "An integration keeps at least one owner.")


async def _note(tx: Tx, owner: Developer, action: str, user_id: UserId, *, now: datetime, **detail: str) -> None:
    await audit.note(tx, owner.user_id, action, user_id, integration_id=owner.integration_id, now=now, **detail)
