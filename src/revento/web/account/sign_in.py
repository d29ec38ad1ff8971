"""Signing in and out, signing up, and proving it once more (architecture §5: form fields `email`, `password`)."""

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar import Request, Response, get, post

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.events.mine import queries as visits
from revento.identity.sessions import actions as sessions
from revento.identity.sessions.actions import Opened
from revento.identity.users import actions as users
from revento.identity.users import passwords, rules
from revento.integrations.credentials import queries as clients
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId
from revento.sandbox import actions as sandbox
from revento.web.shared import forms, pages, people
from revento.web.shared.edge import Asked, Given
from revento.web.shared.forms import Form
from revento.web.shared.people import SignedIn
from revento.web.shared.translate import gettext

AnyRequest = Request[Any, Any, Any]
HOME: Final = "/"
DEVELOPER: Final = "/developer"


class SignIn(msgspec.Struct, frozen=True):
    """What the sign-in form posts."""

    email: str
    password: str
    next: str = ""
    keep: bool = False


class SignUp(msgspec.Struct, frozen=True):
    """What the sign-up form posts."""

    name: Annotated[str, msgspec.Meta(max_length=100)]
    email: Annotated[str, msgspec.Meta(max_length=254)]
    password: str
    next: str = ""


@get("/account/sign-in")
async def sign_in_page(request: AnyRequest, tx: Given[Tx], guest: Given[SignedIn | None]) -> Response[Any]:
    """The form; who is signed in already goes on."""
    following = forms.local_path(request.query_params.get("next"), HOME)
    if guest is not None:
        return pages.go(following)
    return await _sign_in_form(tx, Form[SignIn]({"next": following}))


@post("/account/sign-in", status_code=200)
async def sign_in(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings], asked: Given[Asked]
) -> Response[Any]:
    """Trades e-mail and password for a session, then goes where the person was heading."""
    form = await forms.read(request, SignIn)
    if form.got is None:
        return await _sign_in_form(tx, form)
    opened = await users.sign_in(
        tx,
        email=form.got.email,
        password=form.got.password,
        address=asked.address,
        user_agent=request.headers.get("user-agent", ""),
        now=clock.now(),
    )
    if isinstance(opened, Reason):
        limited = opened is errors.TOO_MANY_ATTEMPTS
        form.refuse("" if limited else "password", gettext(opened.say))
        return await _sign_in_form(tx, form, status=429 if limited else 422)
    return signed_in(settings, opened, forms.local_path(form.value("next"), HOME), kept=form.value("keep", "") != "")


async def _sign_in_form(tx: Tx, form: Form[SignIn], *, status: int = 200) -> Response[Any]:
    sends_to = pages.ELSEWHERE  # signing in can be a stop on the way to somebody's software
    status = 422 if form.errors and status == 200 else status
    return pages.page(
        "account/sign_in.html", status, form=form, sends_to=sends_to, on_to=await _on_to(tx, form.value("next"))
    )


async def _on_to(tx: Tx, following: str) -> str | None:
    """What the person is heading for, by its name: a published event, or software that asks for a sign-in."""
    where = urlsplit(forms.local_path(following, HOME))
    if where.path == "/oauth/authorize":
        client = await clients.find_client(tx, dict(parse_qsl(where.query)).get("client_id", "").replace("\0", ""))
        return client.integration_name if client else None
    if not where.path.startswith("/events/"):
        return None
    visit = await visits.find_visit(tx, None, EventId(where.path.split("/")[2]))
    return visit.title if visit else None


async def refused_passkey(tx: Tx, following: str) -> Response[Any]:
    """The form again, since the device's answer did not open the door."""
    form = Form[SignIn]({"next": following})
    form.refuse("", gettext("We don't know this passkey. Sign in with your password, then add it to your account."))
    return await _sign_in_form(tx, form)


def signed_in(settings: Settings, opened: Opened, following: str, *, kept: bool) -> Response[Any]:
    """On to where the person was heading, with the cookie of her new session."""
    answer = pages.go(following)
    answer.set_cookie(people.session_cookie(settings, opened.token, kept=kept))
    return answer


@post("/account/sign-out")
async def sign_out(
    request: AnyRequest,
    tx: Given[Tx],
    clock: Given[Clock],
    settings: Given[Settings],
    guest: Given[SignedIn | None],
) -> Response[Any]:
    """Ends this session; goes on to `next`, for who wants to go there as somebody else."""
    if guest is not None:
        await sessions.revoke(tx, guest.acted_by or guest.user_id, guest.session_id, now=clock.now())
    answer = pages.go(forms.local_path(str((await request.form()).get("next", "")), HOME))
    answer.set_cookie(people.ended_cookie(settings))
    return answer


@get("/account/sign-up")
async def sign_up_page(request: AnyRequest) -> Response[Any]:
    """The form for a new account."""
    following = forms.local_path(request.query_params.get("next"), HOME)
    return pages.page("account/sign_up.html", form=Form[SignUp]({"next": following}))


@post("/account/sign-up", status_code=200)
async def sign_up(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings], asked: Given[Asked]
) -> Response[Any]:
    """Opens an account and signs its person in; the address is proved by mail."""
    form = await forms.read(request, SignUp)
    if form.got is not None and not rules.looks_like_email(form.got.email):
        form.refuse("email", gettext("Enter an e-mail address like name@example.org."))
    if form.got is not None and (wrong := passwords.why_not(form.got.password)):
        form.refuse("password", gettext(wrong))
    if form.got is None:
        return pages.page("account/sign_up.html", 422, form=form)
    got, now = form.got, clock.now()
    try:
        user_id = await users.sign_up(
            tx,
            email=got.email,
            name=got.name,
            password=got.password,
            locale=pages.visitor.current().locale,
            base_url=settings.base_url,
            now=now,
        )
    except Refused as refusal:
        form.refuse("email", gettext(refusal.say))
        return pages.page("account/sign_up.html", refusal.reason.status, form=form)
    agent = request.headers.get("user-agent", "")
    opened = await sessions.open_for(tx, user_id, address=asked.address, user_agent=agent, now=now)
    following = forms.local_path(got.next, HOME)
    if following.rstrip("/") == DEVELOPER:
        following = await _first_step(tx, user_id, now=now)
    return signed_in(settings, opened, following, kept=True)


async def _first_step(tx: Tx, user_id: UserId, *, now: datetime) -> str:
    """Signing up as an integrator opens a sandbox of one's own (contract §9); where she goes on."""
    try:
        await sandbox.open_for(tx, user_id, now=now)
    except Refused:  # decided before anything is written: a platform without a sandbox
        return DEVELOPER
    return f"{DEVELOPER}/integrations/new"


@get("/account/confirm")
async def confirm_page(request: AnyRequest, person: Given[SignedIn]) -> Response[Any]:
    """Asks for the password once more, before something that reads other people's data."""
    following = forms.local_path(request.query_params.get("next"), HOME)
    return pages.page(
        "account/confirm.html", form=Form[SignIn]({"next": following}), person=person, sends_to=pages.ELSEWHERE
    )


@post("/account/confirm", status_code=200)
async def confirm(
    request: AnyRequest,
    tx: Given[Tx],
    clock: Given[Clock],
    settings: Given[Settings],
    asked: Given[Asked],
    person: Given[SignedIn],
) -> Response[Any]:
    """A fresh session in place of the old one, when the password is right."""
    posted = await request.form()
    following, now = forms.local_path(str(posted.get("next", "")), HOME), clock.now()
    opened = await users.sign_in(
        tx,
        email=person.email,
        password=str(posted.get("password", "")),
        address=asked.address,
        user_agent=request.headers.get("user-agent", ""),
        now=now,
    )
    if isinstance(opened, Reason):
        limited = opened is errors.TOO_MANY_ATTEMPTS
        say = gettext(opened.say) if limited else gettext("This is not your password.")
        form, status = Form[SignIn]({"next": following}, {"password": say}), 429 if limited else 422
        return pages.page("account/confirm.html", status, form=form, person=person, sends_to=pages.ELSEWHERE)
    await sessions.revoke(tx, person.user_id, person.session_id, now=now)
    return signed_in(settings, opened, following, kept=True)


HANDLERS: Final = [sign_in_page, sign_in, sign_out, sign_up_page, sign_up, confirm_page, confirm]
