"""Pages that say no, in words that tell the person what to do next (contract §3.1)."""

from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import Response

from revento.contract.errors import Reason
from revento.contract.scopes import TokenKind
from revento.integrations.credentials.models import Client
from revento.web.shared import pages
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext

HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class Words(msgspec.Struct, frozen=True):
    """What happened, and the next step; with a link of ours where one helps (`{event_id}` is filled in)."""

    title: str
    say: str
    link: str | None = None
    label: str | None = None


_ASK_AGAIN: Final = N_(
    "Go back to where you came from and start over. If it happens again, tell the integration's makers."
)
_BY_CODE: Final = {
    "forbidden": Words(
        N_("You can't connect integrations to this event"),
        N_("Only owners and organizers of its organization can. Ask one of them, or choose an event of your own."),
        "/organizer",
        N_("My organizations"),
    ),
    "organization_not_verified": Words(
        N_("Your organization isn't verified yet"),
        N_("Only a formal, verified organization can connect integrations. Ask for verification; we answer by mail."),
        "/organizer",
        N_("Ask for verification"),
    ),
    "event_archived": Words(
        N_("This event is archived"),
        N_("Nothing can be connected to it any more. Choose an event that is still open."),
        "/organizer",
        N_("My events"),
    ),
    "integration_suspended": Words(
        N_("This integration is suspended"),
        N_("We have halted it while we look into a problem. Nothing new can be connected; try again later."),
    ),
    "sandbox_only": Words(
        N_("This is a test version"),
        N_("Its makers are trying it out: it works with events of a sandbox only. Ask them for the real one."),
    ),
    "production_only": Words(
        N_("This event is a test event"),
        N_("The real version of an integration works with real events only. Use its sandbox version here."),
    ),
    "other_organization": Words(
        N_("This integration belongs to another organization"),
        N_("It was made for their events alone. Look in your own catalogue for one that you can connect."),
        "/organizer",
        N_("My organizations"),
    ),
    "not_connected": Words(
        N_("This event doesn't use this integration"),
        N_("You can sign in with Revento as soon as the organizers have connected it to the event. Ask them about it."),
        "/events/{event_id}",
        N_("To the event"),
    ),
    "no_application": Words(
        N_("You haven't applied for this event"),
        N_("Signing in is for people who take part or have applied. Apply first, in any role, and come back."),
        "/events/{event_id}/application",
        N_("Apply"),
    ),
    "not_found": Words(
        N_("There is no such event"),
        N_("The link names an event that does not exist. Go back to the integration and choose your event again."),
        "/",
        N_("My events"),
    ),
}
_NOT_LISTED: Final = {
    TokenKind.INSTALLATION: Words(
        N_("This integration isn't in the catalogue"),
        N_("It is not published, or no longer. Its makers can tell you when it will be."),
    ),
    TokenKind.USER: Words(
        N_("This integration isn't open to you"),
        N_("It is not in the catalogue, or made for another organization's events. Its makers can tell you more."),
    ),
}


def damaged(say: str) -> Response[Any]:
    """The query can't be read at all."""
    return _page(400, Words(N_("This link is damaged"), N_("%(what)s")), gettext(say) + " " + gettext(_ASK_AGAIN))


def unknown_client() -> Response[Any]:
    """Nobody is asking: the client can't be told from a stranger's."""
    words = Words(N_("We don't know this integration"), _ASK_AGAIN)
    return _page(400, words)


def expired() -> Response[Any]:
    """The page that was answered holds no more: it is too old, or another person's or session's."""
    say = N_(
        "It stayed open too long, or you signed in anew meanwhile. Go back to where you came from and start over; "
        "what you granted before still holds."
    )
    return _page(403, Words(N_("This question has grown old"), say))


def wrong_redirect(client: Client) -> Response[Any]:
    """The answer would go where the integration never said it lives. Nothing is sent there."""
    say = N_(
        "%(name)s asked us to send you to an address that it has not registered, so we stopped here. Its makers have "
        "to register the exact address."
    )
    words = Words(N_("We stopped this for your safety"), say)
    return _page(400, words, gettext(say) % {"name": client.integration_name})


def refused(reason: Reason, client: Client, leave: str, *, kind: TokenKind, event_id: str) -> Response[Any]:
    """The person can't grant this. `leave` takes her back, with `access_denied`."""
    words = _NOT_LISTED[kind] if reason.code == "not_in_catalogue" else _BY_CODE.get(reason.code)
    words = words or Words(N_("That can't be done"), reason.say)
    words = msgspec.structs.replace(words, link=words.link and words.link.format(event_id=quote(event_id)))
    return _page(403, words, client=client, leave=leave)


def _page(
    status: int, words: Words, say: str | None = None, *, client: Client | None = None, leave: str | None = None
) -> Response[Any]:
    return pages.page(
        "oauth/refused.html",
        status,
        headers=HEADERS,
        title=gettext(words.title),
        say=say or gettext(words.say),
        link=words.link,
        label=gettext(words.label) if words.label else None,
        client=client,
        leave=leave,
    )
