"""What an integration would see: a row of this very event, personal values masked."""

import msgspec

from revento.contract.scopes import TokenKind
from revento.events.applications import queries as applications
from revento.events.forms import queries as forms
from revento.events.participants import queries as participants
from revento.events.program import queries as program
from revento.kernel.db import Tx
from revento.kernel.paging import BEGINNING
from revento.oauth.consent.models import Offer
from revento.oauth.consent.rules import masked
from revento.web.shared.people import SignedIn
from revento.web.shared.states import look
from revento.web.shared.text import span, tongue
from revento.web.shared.translate import gettext

Sample = list[tuple[str, str]]
_LONGEST = 80


async def of(tx: Tx, offer: Offer, person: SignedIn) -> dict[str, Sample]:
    """By scope: pairs of what it is called and what it says."""
    if offer.kind is TokenKind.USER:
        return {
            "profile.read": [
                (gettext("Name"), person.name),
                (gettext("E-mail"), person.email),
                (gettext("Language"), tongue(person.locale)),
            ],
            "event.attendance": await _attendance(tx, offer, person),
        }
    event = offer.event
    return {
        "event.read": [
            (gettext("Title"), event.title),
            (gettext("When"), span(event.starts_at, event.ends_at, event.time_zone)),
            (gettext("Status"), look(event.publish_status).words),
        ],
        "participants.read": await _participant(tx, offer),
        "program.read": await _activity(tx, offer),
    }


async def _participant(tx: Tx, offer: Offer) -> Sample:
    id = await participants.sample(tx, offer.event.id)
    if id is None:
        return []
    row = await participants.get(tx, offer.event.id, id)
    shown = [
        (gettext("Name"), masked(row.display_name)),
        (gettext("Role"), gettext(row.role.capitalize())),
        (gettext("Application"), look(row.application_status).words),
    ]
    labels = {field.key: field.label for field in await forms.list_fields(tx, offer.event.id) if field.is_shared}
    return shown + [(labels[key], _answer(value)) for key, value in row.shared_answers.items() if key in labels]


def _answer(value: object) -> str:
    if value is None or value == "":
        return gettext("not answered")
    if isinstance(value, bool):
        return gettext("yes or no")
    parts = msgspec.convert(value if isinstance(value, list) else [value], list[str | int | float])
    return masked(", ".join(str(part) for part in parts))[:_LONGEST]


async def _activity(tx: Tx, offer: Offer) -> Sample:
    found = await program.page_activities(tx, offer.event.id, (BEGINNING.created_at, BEGINNING.id), limit=1)
    if not found:
        return []
    return [
        (gettext("Activity"), found[0].title),
        (gettext("When"), span(found[0].starts_at, found[0].ends_at, offer.event.time_zone)),
    ]


async def _attendance(tx: Tx, offer: Offer, person: SignedIn) -> Sample:
    id = await applications.find_by_user(tx, offer.event.id, person.user_id)
    row = await applications.find(tx, offer.event.id, id) if id else None
    if row is None:
        return []
    return [
        (gettext("Event"), offer.event.title),
        (gettext("Role"), gettext(row.role.capitalize())),
        (gettext("Application"), look(row.status).words),
    ]
