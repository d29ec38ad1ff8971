"""Decisions about refreshing and bearing tokens: plain functions of rows and the time."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from revento.contract import errors, limits
from revento.contract.errors import Reason
from revento.contract.scopes import in_order
from revento.kernel.ids import ClientId
from revento.oauth.families.models import Bearer, Presented, Successor

ACCESS: Final = timedelta(seconds=limits.ACCESS_TOKEN_S)
REFRESH: Final = timedelta(seconds=limits.REFRESH_TOKEN_S)
CAP: Final = timedelta(seconds=limits.FAMILY_CAP_S)
REPEAT: Final = timedelta(seconds=limits.REFRESH_REPEAT_S)
UNUSED: Final = timedelta(seconds=limits.REFRESH_UNUSED_S)


class Verdict(Enum):
    """What becomes of a presented refresh token."""

    ROTATE = auto()
    LOOK_AT_SUCCESSOR = auto()
    REFUSE = auto()
    WAIT = auto()
    END_FAMILY = auto()


def judge(found: Presented, client_id: ClientId, *, now: datetime) -> Verdict:
    """Whether a refresh token may be traded (contract §2.3, checklist 38–46).

    Another client's live token is refused and stays its owner's; a spent one in another client's hands is theft.
    During a suspension nothing is lost: the token can be traded when it is lifted (contract §2.5).
    """
    if found.revoked_at is not None:
        return Verdict.REFUSE
    if found.client_id != client_id:
        return Verdict.END_FAMILY if found.is_spent else Verdict.REFUSE
    if found.suspended_at is not None:
        return Verdict.WAIT
    if found.is_spent:
        return Verdict.LOOK_AT_SUCCESSOR
    return Verdict.REFUSE if found.expires_at <= now else Verdict.ROTATE


def may_repeat(found: Presented, successor: Successor, *, now: datetime) -> bool:
    """Whether a spent refresh token gets the very same successors again.

    Within 30 s of its rotation, or later while neither successor has been used, for 24 h at most.
    """
    since = now - successor.rotated_at
    if since <= REPEAT:
        return True
    unused = successor.used_at is None and successor.access_revoked_at is None
    return since <= UNUSED and unused and successor.generation == found.generation


def narrowed(granted: list[str], scope: str | None) -> list[str] | None:
    """The scopes of the new access token: all that was granted, or the part asked for. `None`: asks for more."""
    if scope is None:
        return granted
    asked = set(scope.split(" ")) - {""}
    return in_order(asked) if asked and asked <= set(granted) else None


def access_ends(now: datetime, cap_at: datetime) -> datetime:
    """An hour from now, never past the family's cap."""
    return min(now + ACCESS, cap_at)


def refresh_ends(now: datetime, cap_at: datetime) -> datetime:
    """90 days from now, never past the family's cap (one year from the first issue)."""
    return min(now + REFRESH, cap_at)


def seconds_left(until: datetime, *, now: datetime) -> int:
    """Whole seconds until then, not below 0."""
    return max(0, int((until - now).total_seconds()))


def why_not_bear(bearer: Bearer | None, *, now: datetime) -> Reason | None:
    """Known, then not revoked, then not expired (contract §2.4)."""
    if bearer is None:
        return errors.INVALID_TOKEN
    if bearer.revoked_at is not None:
        return errors.TOKEN_REVOKED
    return errors.TOKEN_EXPIRED if bearer.expires_at <= now else None
