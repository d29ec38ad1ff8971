"""Rows of teams."""

from datetime import datetime
from typing import Final, Literal

from revento.kernel.db import Row
from revento.kernel.ids import UserId

TeamRole = Literal["owner", "developer", "viewer"]
ROLES: Final = ("owner", "developer", "viewer")


class Member(Row, frozen=True):
    """One person of a team."""

    user_id: UserId
    name: str
    email: str
    role: TeamRole
    created_at: datetime
