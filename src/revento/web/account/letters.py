"""Where the links of letters lead: proving an address, choosing a new password, taking a seat in an organization."""

from typing import Any, Final

from litestar import Request, Response, get, post

from revento.identity.organizations import actions as organizations
from revento.identity.users import actions as users
from revento.identity.users import passwords
from revento.identity.users import queries as user_queries
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.shared import pages
from revento.web.shared.edge import Given
from revento.web.shared.forms import Form
from revento.web.shared.people import SignedIn
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]


@get("/account/verify")
async def verify_page(request: AnyRequest) -> Response[Any]:
    """A button rather than an effect: mail scanners follow links, people press buttons."""
    return pages.page("account/verify.html", token=request.query_params.get("token", ""))


@post("/account/verify")
async def verify(request: AnyRequest, tx: Given[Tx], clock: Given[Clock]) -> Response[Any]:
    """Proves the address."""
    posted = await request.form()
    await users.verify_email(tx, str(posted.get("token", "")), now=clock.now())
    return pages.go("/account", Flash(gettext("Your e-mail address is confirmed.")))


@post("/account/verify/again")
async def verify_again(
    tx: Given[Tx], clock: Given[Clock], settings: Given[Settings], person: Given[SignedIn]
) -> Response[Any]:
    """Sends the letter once more."""
    user = await user_queries.get(tx, person.user_id)
    await users.send_verification(tx, user, base_url=settings.base_url, now=clock.now())
    return pages.go("/account", Flash(gettext("We have sent you the letter again.")))


@get("/account/reset")
async def reset_page(request: AnyRequest) -> Response[Any]:
    """Without a token: ask for the letter. With one: choose a new password."""
    token = request.query_params.get("token", "")
    return pages.page("account/reset.html", form=Form[Any](), token=token, sent=False)


@post("/account/reset", status_code=200)
async def reset(request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings]) -> Response[Any]:
    """Sends the letter, or sets the new password. Says the same whether or not there is such an account."""
    posted = await request.form()
    token, now = str(posted.get("token", "")), clock.now()
    if not token:
        await users.request_reset(tx, str(posted.get("email", "")), base_url=settings.base_url, now=now)
        return pages.page("account/reset.html", form=Form[Any](), token="", sent=True)
    password = str(posted.get("password", ""))
    if wrong := passwords.why_not(password):
        form = Form[Any]({}, {"password": gettext(wrong)})
        return pages.page("account/reset.html", 422, form=form, token=token, sent=False)
    await users.reset_password(tx, token, password, now=now)
    return pages.go("/account/sign-in", Flash(gettext("Your new password is set. Sign in with it.")))


@get("/account/invitations")
async def invitation_page(request: AnyRequest, person: Given[SignedIn]) -> Response[Any]:
    """The offered seat, with a button to take it."""
    return pages.page("account/invitation.html", token=request.query_params.get("token", ""), person=person)


@post("/account/invitations")
async def accept_invitation(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]
) -> Response[Any]:
    """Takes the seat."""
    posted = await request.form()
    id = await organizations.accept_invitation(tx, person.user_id, str(posted.get("token", "")), now=clock.now())
    return pages.go(f"/organizer/organizations/{id}", Flash(gettext("Welcome on board.")))


HANDLERS: Final = [verify_page, verify, verify_again, reset_page, reset, invitation_page, accept_invitation]
