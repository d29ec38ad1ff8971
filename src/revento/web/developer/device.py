"""The person's side of `revento login`: compare the code, choose what the command line may speak for, say yes or no."""

from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given

from revento.contract.errors import Refused
from revento.contract.limits import Budget
from revento.identity.sessions.models import SignedIn
from revento.integrations.logins import actions, queries
from revento.integrations.logins.models import Choice, Login
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.developer.desk import AnyRequest, typed
from revento.web.shared import forms, pages
from revento.web.shared.edge import Services
from revento.web.shared.forms import Form
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

HERE: Final = "/developer/device"
# A code lives ten minutes and is one of 20^8: at this pace nobody finds one.
_TRIES: Final = Budget(per_hour=60, per_minute=10, in_flight=5)


class Typed(msgspec.Struct, frozen=True):
    """The first step: the code."""

    code: Annotated[str, msgspec.Meta(max_length=20)]


class Decided(msgspec.Struct, frozen=True):
    """The second step: the code again, which integration, yes or no."""

    code: Annotated[str, msgspec.Meta(max_length=20)]
    decision: Literal["approve", "deny"]
    client_id: str = ""


@get("/device")
async def device(request: AnyRequest, person: Given[SignedIn]) -> Response[str]:
    """Asks for the code. An address that brings it fills it in, but the person still compares it."""
    return _code_page(Form[Typed]({"code": typed(request, "code", 20) or ""}))


def _code_page(form: Form[Typed], status: int = 200) -> Response[str]:
    return pages.page("developer/device.html", status, form=form)


@post("/device", status_code=200)
async def look(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], provided: Given[Services]
) -> Response[Any]:
    """Shows which machine asks, and what it may be given."""
    form = await forms.read(request, Typed)
    if form.got is None:
        return _code_page(form, 422)
    if await _is_too_fast(provided, person):
        form.refuse("code", gettext("Those were too many codes. Wait a minute, then try again."))
        return _code_page(form, 429)
    login = await actions.find_open(tx, form.got.code, now=clock.now())
    if login is None:
        form.refuse("code", gettext("No command line waits with this code. It lives ten minutes; ask for a new one."))
        return _code_page(form, 422)
    return await _decision_page(tx, person, login, Form[Decided]({"code": form.got.code}))


async def _is_too_fast(provided: Services, person: SignedIn) -> bool:
    family = f"device:{person.user_id}"
    verdict = await provided.limits.enter(family, _TRIES, provided.clock.now())
    if verdict.refusal is not None:
        return True
    await provided.limits.leave(family)
    return False


async def _decision_page(
    tx: Tx, person: SignedIn, login: Login, form: Form[Decided], status: int = 200
) -> Response[str]:
    choices = await queries.list_choices(tx, person.user_id)
    options = [(one.client_id, _words(one)) for one in choices]
    return pages.page("developer/device_decide.html", status, form=form, login=login, options=options)


def _words(choice: Choice) -> str:
    kind = gettext("sandbox") if choice.environment == "sandbox" else gettext("production")
    return f"{choice.integration_name} ({kind})"


@post("/device/decide", status_code=200)
async def decide(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], provided: Given[Services]
) -> Response[Any]:
    """The yes or the no. Either way the person goes back to her terminal."""
    form, now = await forms.read(request, Decided), clock.now()
    if form.got is None or await _is_too_fast(provided, person):
        return pages.go(HERE)
    if form.got.decision == "deny":
        await actions.deny(tx, person.user_id, form.got.code, now=now)
        return pages.page("developer/device_done.html", choice=None)
    try:
        choice = await actions.approve(tx, person.user_id, form.got.code, form.got.client_id, now=now)
    except Refused:
        return pages.go(HERE, Flash(gettext("That login is over. Start it again in your terminal."), "bad"))
    return pages.page("developer/device_done.html", choice=choice, words=_words(choice))


HANDLERS: Final = (device, look, decide)
