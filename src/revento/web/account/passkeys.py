"""Passkeys: making them, forgetting them, signing in with one. The browser's part is static/passkeys.js."""

from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.identity.passkeys import actions, queries
from revento.identity.passkeys.models import Asked as ToSign
from revento.identity.passkeys.models import Site
from revento.identity.sessions import actions as sessions
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.account import sign_in
from revento.web.shared import forms, pages
from revento.web.shared.edge import Asked, Given
from revento.web.shared.people import SignedIn
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
HERE: Final = "/account/passkeys"


def _site(settings: Settings) -> Site:
    return Site(settings.base_url, urlsplit(settings.base_url).hostname or "localhost")


def _options(asked: ToSign) -> Response[bytes]:
    return Response(
        msgspec.json.encode(asked),
        status_code=200,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


@get(HERE)
async def passkeys(tx: Given[Tx], person: Given[SignedIn]) -> Response[Any]:
    """The list, and the button that makes one."""
    return await _page(tx, person)


async def _page(tx: Tx, person: SignedIn, *, problem: str = "", status: int = 200) -> Response[Any]:
    known = await queries.list_by_user(tx, person.user_id)
    return pages.page("account/passkeys.html", status, person=person, passkeys=known, problem=problem)


@post(f"{HERE}/options")
async def options(
    tx: Given[Tx], clock: Given[Clock], settings: Given[Settings], person: Given[SignedIn]
) -> Response[Any]:
    """What the authenticator needs; where to confirm oneself first when the sign-in is old."""
    try:
        return _options(await actions.ask_to_make(tx, person, _site(settings), now=clock.now()))
    except Refused as refusal:
        if refusal.reason is not errors.FRESH_SIGN_IN_REQUIRED:
            raise
        return Response({"confirm": f"/account/confirm?next={HERE}"}, status_code=200)


@post(HERE, status_code=200)
async def make(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings], person: Given[SignedIn]
) -> Response[Any]:
    """Keeps a new passkey."""
    posted = await request.form()
    try:
        await actions.make(
            tx,
            person,
            _site(settings),
            handle=str(posted.get("handle", "")),
            credential=str(posted.get("credential", "")),
            name=str(posted.get("name", "")),
            now=clock.now(),
        )
    except Refused as refusal:
        return await _page(tx, person, problem=gettext(refusal.say), status=422)
    return pages.go(HERE, Flash(gettext("Your passkey works from now on.")))


@post(f"{HERE}/{{passkey_id:str}}/forget")
async def forget(
    passkey_id: FromPath[str], tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]
) -> Response[Any]:
    """Forgets a passkey; the device may keep its half, which opens nothing any more."""
    await actions.forget(tx, person.user_id, passkey_id, now=clock.now())
    return pages.go(HERE, Flash(gettext("That passkey no longer signs you in.")))


@post("/account/sign-in/passkey/options")
async def sign_in_options(tx: Given[Tx], clock: Given[Clock], settings: Given[Settings]) -> Response[Any]:
    """What the authenticator needs to sign in whoever it is."""
    return _options(await actions.ask_to_sign_in(tx, _site(settings), now=clock.now()))


@post("/account/sign-in/passkey", status_code=200)
async def sign_in_with_passkey(
    request: AnyRequest,
    tx: Given[Tx],
    clock: Given[Clock],
    settings: Given[Settings],
    asked: Given[Asked],
    guest: Given[SignedIn | None],
) -> Response[Any]:
    """Trades the authenticator's answer for a session, also in place of one whose proof has become old."""
    posted, now = await request.form(), clock.now()
    opened = await actions.sign_in(
        tx,
        _site(settings),
        handle=str(posted.get("handle", "")),
        credential=str(posted.get("credential", "")),
        address=asked.address,
        user_agent=request.headers.get("user-agent", ""),
        now=now,
    )
    following = forms.local_path(str(posted.get("next", "")), sign_in.HOME)
    if isinstance(opened, Reason):
        return await sign_in.refused_passkey(tx, following)
    if guest is not None and guest.user_id == opened.user_id:
        await sessions.revoke(tx, guest.user_id, guest.session_id, now=now)
    return sign_in.signed_in(settings, opened, following, kept=True)


HANDLERS: Final = [passkeys, options, make, forget, sign_in_options, sign_in_with_passkey]
