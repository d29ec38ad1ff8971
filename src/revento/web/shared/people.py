"""Who is asking: the session's cookie, proved against the database, as a dependency of pages."""

import re
from typing import Final
from urllib.parse import quote

import structlog
from litestar.datastructures import Cookie
from litestar.di import NamedDependency as Given
from litestar.di import Provide

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.sessions import actions as sessions
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.shared import visitor

STOP_ACTING: Final = "/account/act-as/stop"
# Her account, what she agrees to, secrets that are shown once, and who belongs to a team: that would outlast her word.
HERS_ALONE: Final = re.compile(
    r"/(account(?!/sign-out$)|oauth|my-data|developer/device)(/|$)"
    r"|/developer/integrations(/[^/]+/(credentials|team|manifest|submission/production)(/|$)|$)"
    r"|/organizer/organizations/[^/]+/(invitations|members)(/|$)"
)

__all__ = ["DEPENDENCIES", "STOP_ACTING", "NotSignedIn", "SignedIn", "ended_cookie", "session_cookie", "sign_in_path"]


class NotSignedIn(Exception):
    """The page needs a person. The edge sends the browser to sign in and back."""


def sign_in_path(back: str) -> str:
    """Where to sign in, with the way back."""
    return f"/account/sign-in?next={quote(back, safe='/')}"


async def guest(tx: Given[Tx], clock: Given[Clock]) -> SignedIn | None:
    """The signed-in person, or `None`. For pages that everybody may read."""
    who = visitor.current()
    person = await sessions.resume(tx, who.session, now=clock.now()) if who.session else None
    if person is not None:
        apps = ("organizer", "developer", *(("operator",) if person.is_operator else ()))
        visitor.greet(person.name, person.email, locale=person.locale, apps=apps, time_zone=person.time_zone)
        if person.acted_by is not None:
            visitor.current().acting_until = person.acting_until
            structlog.contextvars.bind_contextvars(acted_by=person.acted_by)
            if not person.is_persona:
                visitor.current().is_stood_in_for = True
                _refuse_what_is_hers_alone()
    return person


def _refuse_what_is_hers_alone() -> None:
    """Security and consent stay the person's own: an operator who acts for her only looks at those pages."""
    who = visitor.current()
    if who.unsafe and HERS_ALONE.match(who.path) and who.path != STOP_ACTING:
        raise Refused(errors.NOT_WHILE_ACTING)


async def person(guest: Given[SignedIn | None]) -> SignedIn:
    """The signed-in person. Raises `NotSignedIn`."""
    if guest is None:
        raise NotSignedIn
    return guest


def session_cookie(settings: Settings, token: str, *, kept: bool = True) -> Cookie:
    """The cookie of a session just opened: for 30 days, or until the browser closes."""
    life = int(sessions.LIFE.total_seconds()) if kept else None
    name = visitor.session_cookie(settings)
    return Cookie(key=name, value=token, path="/", max_age=life, httponly=True, samesite="lax", secure=settings.secure)


def ended_cookie(settings: Settings) -> Cookie:
    """The cookie that takes a session's away."""
    name = visitor.session_cookie(settings)
    return Cookie(key=name, value="", path="/", max_age=0, httponly=True, samesite="lax", secure=settings.secure)


DEPENDENCIES: Final = {"guest": Provide(guest), "person": Provide(person)}
