"""Which software knows what about me, when it looked, and how to stop it; taking my data away; leaving."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from revento.contract import errors, scopes
from revento.contract.errors import Refused
from revento.endings import leave
from revento.events.mine import queries as events
from revento.identity.erasing import actions as erasing
from revento.identity.users import queries as users
from revento.integrations.installations import queries as installations
from revento.integrations.mine import queries
from revento.integrations.mine.models import Reader
from revento.integrations.objections import actions as objections
from revento.integrations.objections import queries as objected
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.ids import GrantId, InstallationId
from revento.web.shared import forms, pages, people, words
from revento.web.shared.edge import Given
from revento.web.shared.forms import Form
from revento.web.shared.people import SignedIn
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
WORD: Final = N_("DELETE")
REASONS: Final = words.ENDED | {
    "participant_disconnected": N_("you disconnected it"),
    "account_deleted": N_("you deleted your account"),
}
KNOWN: Final = {
    "profile.read": N_("your name, e-mail address and language"),
    "event.attendance": N_("that you take part, in which role, and how your application stands"),
    "participants.read": N_("your name in the event, role, how your application stands, and shared answers"),
    "program.read": N_("the program, with your name where you host"),
    "event.read": N_("nothing about you"),
}


class Objection(msgspec.Struct, frozen=True):
    """What the form of an objection posts."""

    reason: Annotated[str, msgspec.Meta(max_length=2000)]


def _known(names: list[str]) -> list[str]:
    """What scopes mean for me, in words."""
    return [gettext(KNOWN[name]) for name in scopes.in_order(names) if name in KNOWN]


@get("/my-data")
async def my_data(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[str]:
    """All software of all my events."""
    readers = await queries.list_readers(tx, person.user_id)
    live = [reader for reader in readers if reader.ended_at is None]
    return pages.page(
        "participant/my_data.html",
        person=person,
        mine=[reader for reader in live if reader.grant_id],
        theirs=live,
        known=_known,
        duties=await queries.list_duties(tx, person.user_id),
        former=await events.list_former(tx, person.user_id),
        objections=await objected.list_by_user(tx, person.user_id),
        reasons={key: gettext(why) for key, why in REASONS.items()},
        now=clock.now(),
    )


@get("/account/data")
async def old_address(person: Given[SignedIn]) -> Redirect:
    """Where letters lead."""
    return Redirect("/my-data", status_code=303)


async def _reader(tx: Tx, person: SignedIn, id: str) -> Reader:
    found = await queries.find_reader(tx, person.user_id, InstallationId(id))
    if found is None:
        raise Refused(errors.NOT_FOUND)
    return found


@get("/my-data/integrations/{installation_id:str}")
async def integration_page(tx: Given[Tx], person: Given[SignedIn], installation_id: FromPath[str]) -> Response[str]:
    """One integration: what it knows about me, when it looked, objecting to it."""
    return await _integration(tx, person, await _reader(tx, person, installation_id), Form[Objection]())


async def _integration(
    tx: Tx, person: SignedIn, reader: Reader, form: Form[Objection], *, status: int = 200
) -> Response[str]:
    mine = await objected.list_by_user(tx, person.user_id)
    return pages.page(
        "participant/integration.html",
        status,
        reader=reader,
        looks=await queries.list_looks(tx, reader, person.user_id),
        known=_known,
        objections=[each for each in mine if each.installation_id == reader.installation_id],
        form=form,
        reasons={key: gettext(why) for key, why in REASONS.items()},
    )


@post("/my-data/integrations/{installation_id:str}/object", status_code=303)
async def object_to(
    request: AnyRequest,
    tx: Given[Tx],
    clock: Given[Clock],
    settings: Given[Settings],
    person: Given[SignedIn],
    installation_id: FromPath[str],
) -> Response[Any]:
    """Object: the organizers decide, and answer here."""
    reader = await _reader(tx, person, installation_id)
    form = await forms.read(request, Objection)
    if form.got is None:
        return await _integration(tx, person, reader, form, status=422)
    connection = await installations.get(tx, reader.installation_id)
    await objections.object_to(
        tx, person.user_id, connection, form.got.reason, base_url=settings.base_url, now=clock.now()
    )
    say = gettext("The organizers of %(event)s have your objection. Their answer shows here and comes by mail.")
    return pages.go(f"/my-data/integrations/{installation_id}", Flash(say % {"event": reader.event_title}))


@get("/my-data/integrations/{installation_id:str}/cut")
async def cut_page(tx: Given[Tx], person: Given[SignedIn], installation_id: FromPath[str]) -> Response[str]:
    """What cutting my own connection means."""
    reader = await _reader(tx, person, installation_id)
    if reader.grant_id is None:
        raise Refused(errors.WRONG_STATE)
    return pages.page("participant/cut.html", reader=reader, known=_known)


@post("/my-data/integrations/{installation_id:str}/cut", status_code=303)
async def cut(
    tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn], installation_id: FromPath[str]
) -> Response[Any]:
    """End my sign-in."""
    reader = await _reader(tx, person, installation_id)
    if reader.grant_id is None:
        raise Refused(errors.WRONG_STATE)
    await leave.cut(tx, person.user_id, GrantId(reader.grant_id), now=clock.now())
    say = gettext("Disconnected. %(name)s cannot ask for you any more and has 30 days to erase what it holds.")
    return pages.go("/my-data", Flash(say % {"name": reader.integration_name}))


@get("/my-data/download")
async def download(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[bytes]:
    """Everything about me, as one file. Not for operators who act for me."""
    if person.acted_by is not None:
        raise Refused(errors.NOT_WHILE_ACTING)
    readers = await queries.list_readers(tx, person.user_id)
    document = {
        "made_at": clock.now(),
        "account": await users.export(tx, person.user_id),
        "events": await events.export(tx, person.user_id),
        "integrations": await queries.export(tx, person.user_id) | {"connected_to_my_events": readers},
    }
    body = msgspec.json.format(msgspec.json.encode(document), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="my-revento-data.json"', "Cache-Control": "no-store"}
    return Response(body, media_type="application/json", headers=headers)


@get("/my-data/delete")
async def delete_page(tx: Given[Tx], person: Given[SignedIn]) -> Response[str]:
    """What deleting the account means."""
    return await _delete_page(tx, person, Form[Any]())


async def _delete_page(tx: Tx, person: SignedIn, form: Form[Any], *, status: int = 200) -> Response[str]:
    readers = [each for each in await queries.list_readers(tx, person.user_id) if each.ended_at is None]
    owned = await erasing.still_owned(tx, await users.get(tx, person.user_id))
    return pages.page(
        "participant/delete.html",
        status,
        form=form,
        person=person,
        readers=readers,
        owned=owned,
        word=gettext(WORD),
    )


@post("/my-data/delete", status_code=303)
async def delete(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings], person: Given[SignedIn]
) -> Response[Any]:
    """Leave for good."""
    posted = await request.form()
    if str(posted.get("word", "")).strip().upper() not in (WORD, gettext(WORD)):
        form = Form[Any]({"word": posted.get("word", "")})
        form.refuse("word", gettext("Type %(word)s to go on.") % {"word": gettext(WORD)})
        return await _delete_page(tx, person, form, status=422)
    await leave.delete_account(tx, person.user_id, now=clock.now())
    answer = pages.go("/", Flash(gettext("Your account is deleted. Take care.")))
    answer.set_cookie(people.ended_cookie(settings))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


HANDLERS: Final = (
    my_data,
    old_address,
    integration_page,
    object_to,
    cut_page,
    cut,
    download,
    delete_page,
    delete,
)
