"""One's own account: name and language, open sessions."""

from datetime import date
from typing import Annotated, Any, Final, Literal
from zoneinfo import available_timezones

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.identity.act_as import queries as consents
from revento.identity.addresses import queries as addresses
from revento.identity.sessions import actions as sessions
from revento.identity.sessions import queries as session_queries
from revento.identity.users import actions as users
from revento.identity.users import queries as user_queries
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.shared import forms, pages
from revento.web.shared.edge import Given
from revento.web.shared.forms import Form
from revento.web.shared.people import SignedIn
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

ZONES: Final = tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")))
AnyRequest = Request[Any, Any, Any]


class Profile(msgspec.Struct, frozen=True):
    """What the profile form posts."""

    name: Annotated[str, msgspec.Meta(max_length=100)]
    locale: Literal["en", "de"] = "en"
    time_zone: Annotated[str, msgspec.Meta(max_length=60)] = ""
    birth_date: date | None = None


@get("/account")
async def account(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """Name, address, sessions."""
    known = {"name": person.name, "locale": person.locale, "time_zone": person.time_zone or ""}
    born = await user_queries.find_birth_date(tx, person.user_id)
    form = Form[Profile](known | {"birth_date": born.isoformat() if born else ""})
    return await _account(tx, clock, person, form)


async def _account(tx: Tx, clock: Clock, person: SignedIn, form: Form[Profile], *, status: int = 200) -> Response[Any]:
    live = await session_queries.list_live(tx, person.user_id, now=clock.now())
    consent = await consents.find_live(tx, person.user_id, now=clock.now())
    pending = await addresses.find_pending(tx, person.user_id, now=clock.now())
    return pages.page(
        "account/account.html",
        status,
        person=person,
        sessions=live,
        pending=pending,
        form=form,
        zones=ZONES,
        consent=consent,
    )


@post("/account", status_code=200)
async def edit(request: AnyRequest, tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """Changes name and language."""
    form, now = await forms.read(request, Profile), clock.now()
    if form.got and form.got.time_zone and form.got.time_zone not in ZONES:
        form.refuse("time_zone", gettext("Choose one of the list, like Europe/Helsinki."))
    if got := form.got:
        try:
            await users.set_birth_date(tx, person.user_id, got.birth_date, now=now)
        except Refused as refused:
            form.refuse("birth_date", gettext(refused.say))
    if form.got is None:
        return await _account(tx, clock, person, form, status=422)
    await users.edit_profile(
        tx,
        person.user_id,
        name=form.got.name,
        locale=form.got.locale,
        time_zone=form.got.time_zone or None,
        now=now,
    )
    return pages.go("/account", Flash(gettext("Saved.")))


@post("/account/sessions/{session_id:str}/revoke")
async def revoke(
    session_id: FromPath[str], tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]
) -> Response[Any]:
    """Signs another device out."""
    await sessions.revoke(tx, person.user_id, session_id, now=clock.now())
    return pages.go("/account", Flash(gettext("That device is signed out.")))


@post("/account/sessions/revoke-others")
async def revoke_others(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """Signs every other device out."""
    await sessions.revoke_all(tx, person.user_id, keep=person.session_id, now=clock.now())
    return pages.go("/account", Flash(gettext("All other devices are signed out.")))


HANDLERS: Final = [account, edit, revoke, revoke_others]
