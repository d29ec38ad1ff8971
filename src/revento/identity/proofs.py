"""Proofs: structs that only this module makes, so that forgetting a check is a type error (style §2.3)."""

from datetime import datetime
from typing import TypeVar

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity import permissions
from revento.identity.organizations import queries
from revento.identity.permissions import Permission, Role
from revento.kernel.db import Row, Tx
from revento.kernel.ids import EventId, OrganizationId, UserId


class Member(Row, frozen=True):
    """A signed-in person who belongs to the organization of an event, with the role that she has there.

    `may` says what that role allows; `need` raises when it does not.
    """

    user_id: UserId
    organization_id: OrganizationId
    event_id: EventId
    role: Role
    archived_at: datetime | None

    def may(self, permission: Permission) -> bool:
        """Whether the role allows it."""
        return permissions.allows(self.role, permission)


class Reviewer(Member, frozen=True):
    """A member who may decide applications of this event."""


class Planner(Member, frozen=True):
    """A member who may change the program of this event."""


class Organizer(Member, frozen=True):
    """A member who may change the event itself: its data, forms, waves, participants."""


class PageEditor(Member, frozen=True):
    """A member who may create and change the event's pages."""


class IntegrationManager(Member, frozen=True):
    """A member who may connect integrations to this event (contract §3.1 `integration.manage`)."""


M = TypeVar("M", bound=Member)


async def as_member(tx: Tx, user_id: UserId, event_id: EventId) -> Member:
    """Proves membership. Raises `NOT_FOUND` for outsiders, so that they do not learn what exists."""
    row = await queries.find_membership_by_event(tx, user_id, event_id)
    if row is None:
        raise Refused(errors.NOT_FOUND)
    return Member(user_id, row.organization_id, event_id, row.role, row.archived_at)


async def as_reviewer(tx: Tx, user_id: UserId, event_id: EventId) -> Reviewer:
    """Proves `application.review`. Raises `NOT_FOUND` for outsiders, `FORBIDDEN` for members without it."""
    return _narrow(Reviewer, await as_member(tx, user_id, event_id), Permission.APPLICATION_REVIEW)


async def as_planner(tx: Tx, user_id: UserId, event_id: EventId) -> Planner:
    """Proves `program.edit`. Raises as above."""
    return _narrow(Planner, await as_member(tx, user_id, event_id), Permission.PROGRAM_EDIT)


async def as_organizer(tx: Tx, user_id: UserId, event_id: EventId) -> Organizer:
    """Proves `event.edit`. Raises as above."""
    return _narrow(Organizer, await as_member(tx, user_id, event_id), Permission.EVENT_EDIT)


async def as_page_editor(tx: Tx, user_id: UserId, event_id: EventId) -> PageEditor:
    """Proves `webview_page.edit`. Raises as above."""
    return _narrow(PageEditor, await as_member(tx, user_id, event_id), Permission.PAGE_EDIT)


async def as_integration_manager(tx: Tx, user_id: UserId, event_id: EventId) -> IntegrationManager:
    """Proves `integration.manage`. Raises as above. Whether the organization is verified is the action's rule."""
    return _narrow(IntegrationManager, await as_member(tx, user_id, event_id), Permission.INTEGRATION_MANAGE)


def _narrow(kind: type[M], member: Member, permission: Permission) -> M:
    if not member.may(permission):
        raise Refused(errors.FORBIDDEN)
    return kind(member.user_id, member.organization_id, member.event_id, member.role, member.archived_at)


class OrganizationMember(Row, frozen=True):
    """A signed-in person with her role in one organization."""

    user_id: UserId
    organization_id: OrganizationId
    role: Role


async def as_organization_member(
    tx: Tx, user_id: UserId, organization_id: OrganizationId, permission: Permission
) -> OrganizationMember:
    """Proves a permission in an organization. Raises `NOT_FOUND` for outsiders, `FORBIDDEN` without it."""
    role = await queries.find_role(tx, user_id, organization_id)
    if role is None:
        raise Refused(errors.NOT_FOUND)
    if not permissions.allows(Role(role), permission):
        raise Refused(errors.FORBIDDEN)
    return OrganizationMember(user_id, organization_id, Role(role))


class Operator(Row, frozen=True):
    """A person who runs the platform."""

    user_id: UserId


async def as_operator(tx: Tx, user_id: UserId) -> Operator:
    """Proves that the person is an operator. Raises `NOT_FOUND`: the desk does not exist for others."""
    if not await queries.is_operator(tx, user_id):
        raise Refused(errors.NOT_FOUND)
    return Operator(user_id)
