"""The language of the pages: for this browser, and for the account of who is signed in."""

from typing import Any, Final

from litestar import Request, Response, post
from litestar.datastructures import Cookie

from revento.identity.users import actions as users
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.shared import forms, pages, visitor
from revento.web.shared.edge import Given
from revento.web.shared.people import SignedIn

AnyRequest = Request[Any, Any, Any]
YEAR: Final = 365 * 24 * 3600


@post("/account/language", status_code=303)
async def choose(
    request: AnyRequest,
    tx: Given[Tx],
    clock: Given[Clock],
    settings: Given[Settings],
    guest: Given[SignedIn | None],
) -> Response[Any]:
    """Speak that language from now on. One that we don't have is ignored."""
    posted = await request.form()
    answer = pages.go(forms.local_path(str(posted.get("next", ""))))
    locale = str(posted.get("locale", ""))
    if locale not in visitor.LOCALES:
        return answer
    if guest is not None:
        zone = guest.time_zone
        await users.edit_profile(tx, guest.user_id, name=guest.name, locale=locale, time_zone=zone, now=clock.now())
    secure = settings.secure
    cookie = Cookie(visitor.LOCALE_COOKIE, value=locale, path="/", max_age=YEAR, samesite="lax", secure=secure)
    answer.set_cookie(cookie)
    return answer


HANDLERS: Final = [choose]
