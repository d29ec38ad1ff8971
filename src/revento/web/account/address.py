"""Another e-mail address for one's account: asked for, proved by its letter, taken back by the old one."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.addresses import actions, queries
from revento.identity.users import rules
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.shared import forms, pages
from revento.web.shared.edge import Given
from revento.web.shared.forms import Form
from revento.web.shared.people import SignedIn
from revento.web.shared.translate import gettext, ngettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
HERE: Final = "/account/address"
PROVE: Final = f"/account/confirm?next={HERE}"


class Wanted(msgspec.Struct, frozen=True):
    """What the form posts."""

    email: Annotated[str, msgspec.Meta(max_length=254)]


@get(HERE)
async def address_page(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """The present address, the one that waits, and the form; who signed in long ago proves herself first."""
    if not person.is_fresh(clock.now()):
        return pages.go(PROVE)
    return await _page(tx, clock, person, Form[Wanted]())


async def _page(tx: Tx, clock: Clock, person: SignedIn, form: Form[Wanted], *, status: int = 200) -> Response[Any]:
    pending = await queries.find_pending(tx, person.user_id, now=clock.now())
    return pages.page("account/address.html", status, person=person, pending=pending, form=form)


@post(HERE, status_code=303)
async def ask(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings], person: Given[SignedIn]
) -> Response[Any]:
    """Sends the letter to the new address."""
    form = await forms.read(request, Wanted)
    if form.got is not None and not rules.looks_like_email(form.got.email):
        form.refuse("email", gettext("Enter an e-mail address like name@example.org."))
    if form.got is None:
        return await _page(tx, clock, person, form, status=422)
    email = form.got.email
    try:
        await actions.ask(tx, person, email, base_url=settings.base_url, now=clock.now())
    except Refused as refused:
        if refused.reason is errors.FRESH_SIGN_IN_REQUIRED:
            return pages.go(PROVE)
        form.refuse("email", gettext(refused.say))
        return await _page(tx, clock, person, form, status=refused.reason.status)
    said = gettext("We have sent a letter to %(email)s. Open its link here, signed in.") % {"email": email}
    return pages.go(HERE, Flash(said))


@post(f"{HERE}/forget", status_code=303)
async def forget(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """Keeps the present address after all."""
    await actions.forget(tx, person.user_id, now=clock.now())
    return pages.go(HERE, Flash(gettext("Your address stays as it is.")))


@get(f"{HERE}/confirm")
async def confirm_page(request: AnyRequest, person: Given[SignedIn]) -> Response[Any]:
    """A button rather than an effect, and only for the person herself: who else reads the letter can't use it."""
    token = request.query_params.get("token", "")
    return pages.page("account/address_link.html", token=token, person=person, back=False)


@post(f"{HERE}/confirm", status_code=303)
async def confirm(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings], person: Given[SignedIn]
) -> Response[Any]:
    """Moves to the new address."""
    token = str((await request.form()).get("token", ""))
    ended = await actions.confirm(tx, person, token, base_url=settings.base_url, now=clock.now())
    said = [Flash(gettext("Your account has its new address. The old one was told."))]
    if ended:
        words = ngettext("%(n)d other device was signed out.", "%(n)d other devices were signed out.", ended)
        said.append(Flash(words % {"n": ended}))
    return pages.go("/account", *said)


@get(f"{HERE}/back")
async def back_page(request: AnyRequest) -> Response[Any]:
    """What taking the account back does, with its button; for whoever reads the old address's letters."""
    token = request.query_params.get("token", "")
    return pages.page("account/address_link.html", token=token, person=None, back=True)


@post(f"{HERE}/back", status_code=303)
async def take_back(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings]
) -> Response[Any]:
    """Gives the account back to the old address."""
    token = str((await request.form()).get("token", ""))
    await actions.take_back(tx, token, base_url=settings.base_url, now=clock.now())
    said = gettext("The account is yours again and everybody is signed out. A letter lets you set a new password.")
    return pages.go("/account/sign-in", Flash(said))


HANDLERS: Final = [address_page, ask, forget, confirm_page, confirm, back_page, take_back]
