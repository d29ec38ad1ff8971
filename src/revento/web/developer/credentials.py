"""Client id, client secrets and signing secrets: shown once, rotated with an overlap, ended by hand."""

from datetime import datetime
from typing import Any, Final

from litestar import Response, post
from litestar import get as get_
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.integrations.catalogue.models import Developer
from revento.integrations.credentials import actions, queries, rules
from revento.integrations.credentials.models import Secret
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.developer.desk import Desk, show
from revento.web.shared.edge import Services
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

_ENDED_SHOWN: Final = 3


@get_("/integrations/{integration_id:str}/credentials")
async def credentials_page(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """What there is, until when it counts, when it was used."""
    return await _page(tx, desk, clock.now())


async def _page(
    tx: Tx, desk: Desk, now: datetime, *, secret: str | None = None, webhook_secret: str | None = None
) -> Response[str]:
    client = desk.client
    return show(
        "credentials.html",
        desk,
        shows_secret=secret is not None or webhook_secret is not None,
        secrets=_shown(await queries.list_secrets(tx, client.id), now),
        signing=_shown(await queries.list_signing(tx, client.id), now),
        signs=bool(client.manifest.declared_webhook_event_types),
        secret=secret,
        webhook_secret=webhook_secret,
    )


def _shown(secrets: list[Secret], now: datetime) -> list[tuple[Secret, bool]]:
    """Each secret with whether it counts; of those that ended, the last few."""
    judged = [(each, rules.is_live(each, now=now)) for each in secrets]
    return [one for one in judged if one[1]] + [one for one in judged if not one[1]][:_ENDED_SHOWN]


@post("/integrations/{integration_id:str}/credentials/rotate", status_code=200)
async def rotate(tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock]) -> Response[str]:
    """A new client secret, shown in the answer and never again; the old one counts for a day more."""
    secret = await actions.rotate(tx, developer.user_id, desk.client, now=clock.now())
    return await _page(tx, desk, clock.now(), secret=secret)


@post("/integrations/{integration_id:str}/credentials/rotate-signing", status_code=200)
async def rotate_signing(
    tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock], provided: Given[Services]
) -> Response[Any]:
    """A new signing secret, likewise; deliveries carry both signatures for a day."""
    try:
        secret = await actions.rotate_signing(tx, developer.user_id, provided.box, desk.client, now=clock.now())
    except Refused as refused:
        return go(desk.at("/credentials"), Flash(gettext(refused.say), "bad"))
    return await _page(tx, desk, clock.now(), webhook_secret=secret)


@post("/integrations/{integration_id:str}/credentials/{secret_id:str}/end", status_code=303)
async def end(
    tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock], secret_id: FromPath[str]
) -> Response[Any]:
    """End an older secret before its day is over."""
    ending = actions.end_previous_signing if secret_id.startswith("sig_") else actions.end_previous
    try:
        await ending(tx, developer.user_id, desk.client, secret_id, now=clock.now())
    except Refused as refused:
        return go(desk.at("/credentials"), Flash(gettext(refused.say), "bad"))
    return go(desk.at("/credentials"), Flash(gettext("Ended. It counts no more.")))


HANDLERS: Final = (credentials_page, rotate, rotate_signing, end)
