"""Roles and what each allows: one table. What is not listed is refused."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A member's role in an organization."""

    OWNER = "owner"
    ORGANIZER = "organizer"
    REVIEWER = "reviewer"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a role may allow. Dotted names as in contract §7."""

    EVENT_VIEW = "event.view"
    EVENT_EDIT = "event.edit"
    EVENT_ARCHIVE = "event.archive"
    APPLICATION_REVIEW = "application.review"
    PARTICIPANT_VIEW = "participant.view"
    PARTICIPANT_EDIT = "participant.edit"
    PROGRAM_EDIT = "program.edit"
    INTEGRATION_VIEW = "integration.view"
    INTEGRATION_MANAGE = "integration.manage"
    PAGE_CREATE = "webview_page.create"
    PAGE_EDIT = "webview_page.edit"
    MEMBER_MANAGE = "member.manage"
    ORGANIZATION_EDIT = "organization.edit"


_VIEWER: Final = frozenset({Permission.EVENT_VIEW, Permission.PARTICIPANT_VIEW, Permission.INTEGRATION_VIEW})
_REVIEWER: Final = _VIEWER | {Permission.APPLICATION_REVIEW}
_ORGANIZER: Final = _REVIEWER | {
    Permission.EVENT_EDIT,
    Permission.EVENT_ARCHIVE,
    Permission.PARTICIPANT_EDIT,
    Permission.PROGRAM_EDIT,
    Permission.INTEGRATION_MANAGE,
    Permission.PAGE_CREATE,
    Permission.PAGE_EDIT,
}
ALLOWED: Final[dict[Role, frozenset[Permission]]] = {
    Role.VIEWER: _VIEWER,
    Role.REVIEWER: _REVIEWER,
    Role.ORGANIZER: _ORGANIZER,
    Role.OWNER: _ORGANIZER | {Permission.MEMBER_MANAGE, Permission.ORGANIZATION_EDIT},
}
WORDS: Final = {
    Role.OWNER: "Everything, members and the organization itself included",
    Role.ORGANIZER: "Events, program, participants, integrations and pages",
    Role.REVIEWER: "Reads events and decides applications",
    Role.VIEWER: "Reads events, participants and integrations",
}


def allows(role: Role, permission: Permission) -> bool:
    """Whether a member with this role may do that."""
    return permission in ALLOWED[role]
