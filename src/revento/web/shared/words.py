"""Words that pages of several audiences choose from. Marked for the catalogue, translated when shown."""

from typing import Final

from revento.web.shared.states import N_, look
from revento.web.shared.translate import gettext

ROLES: Final = {
    "participant": N_("Participant"),
    "host": N_("Host"),
    "staff": N_("Staff"),
    "volunteer": N_("Volunteer"),
    "guest": N_("Guest"),
}
AGES: Final = {
    "age_all": N_("All ages"),
    "age_12_plus": N_("12 and older"),
    "age_16_plus": N_("16 and older"),
    "age_18_plus": N_("18 and older"),
}
STATUSES: Final = ("pending", "revision_requested", "approved", "rejected", "withdrawn")
DECISIONS: Final = {
    "approved": N_("Approve"),
    "revision_requested": N_("Ask for a revision"),
    "rejected": N_("Reject"),
}

# What a read gives away, by the API's endpoint, in words for people who never saw an API.
READ: Final = {
    "/events/{event_id}": N_("Title, dates, description and status of the event"),
    "/events/{event_id}/participants": N_("Participants with role, status and shared answers"),
    "/events/{event_id}/participants/{participant_id}": N_("One participant with role, status and shared answers"),
    "/events/{event_id}/program": N_("The whole program"),
    "/events/{event_id}/activities": N_("Activities with times, places and hosts"),
    "/events/{event_id}/activities/{activity_id}": N_("One activity with its hosts"),
    "/events/{event_id}/threads": N_("Threads"),
    "/events/{event_id}/locations": N_("Locations"),
    "/events/{event_id}/registration-waves": N_("Registration waves"),
    "/me/profile": N_("A person's own name and e-mail, who signed in to it"),
    "/me/application": N_("A person's own application, who signed in to it"),
}


def read_words(endpoint: str) -> str:
    """What a request to this endpoint of the API reads, in words."""
    known = READ.get(endpoint.removeprefix("/api/v1"))
    return gettext(known) if known else endpoint


# Why a read was refused, in words for an organizer; `contract.errors` has those for a developer.
REFUSED: Final = {
    "token_expired": N_("its access had run out"),
    "token_revoked": N_("its access was ended"),
    "event_not_authorized": N_("it asked about another event"),
    "insufficient_scope": N_("it may not read this"),
    "user_token_required": N_("it may not read this"),
    "installation_token_required": N_("it may not read this"),
    "invalid_request": N_("it asked for something that makes no sense"),
    "invalid_cursor": N_("it asked for something that makes no sense"),
    "not_found": N_("there is no such thing"),
    "rate_limit_exceeded": N_("it asked too often"),
    "concurrent_limit_exceeded": N_("it asked too much at once"),
}
# What happened to tokens, by the token audit's action.
TOKENS: Final = {
    "consent.approved": N_("Consent given"),
    "consent.denied": N_("Consent denied"),
    "consent.refused": N_("Consent not possible"),
    "token.issued": N_("Access issued"),
    "token.refreshed": N_("Access renewed"),
    "token.repeated": N_("Renewal repeated"),
    "token.refused": N_("Request refused"),
    "token.suspended": N_("Access suspended"),
    "token.resumed": N_("Access resumed"),
    "token.revoked": N_("Access ended"),
    "access_token.revoked": N_("Access token ended"),
    "token.leaked": N_("Token reported as leaked"),
}

# Why tokens and connections ended (contract §2.5), for those who build, run and connect software.
ENDED: Final = {
    "organizer_disconnected": N_("the organizers disconnected it"),
    "event_archived": N_("the event was archived"),
    "organization_status_lost": N_("the organization lost its status"),
    "integration_unpublished": N_("the integration was unpublished"),
    "integration_suspended": N_("the integration was suspended"),
    "installation_expired": N_("the connection came to its end"),
    "participant_disconnected": N_("the participant disconnected it"),
    "account_deleted": N_("the participant deleted the account"),
    "token_revoked": N_("the integration gave it back"),
    "refresh_token_reused": N_("a spent refresh token came back"),
    "code_reused": N_("a spent code came back"),
    "leaked": N_("it was reported as leaked"),
}
# Why a receiver of webhooks is not sent to.
HELD: Final = {
    "no_address": N_("there is no address"),
    "suspended": N_("the integration is suspended"),
    "paused_by_organizer": N_("the organizer paused it"),
    "gone": N_("it answered 410"),
    "failing": N_("five days of failures"),
    "by_hand": N_("by hand"),
}
# What an endpoint is examined with, and what kinds of software and of members there are.
PROBES: Final = {"bad_signature": N_("A stranger's signature"), "stale_timestamp": N_("An old timestamp")}
KINDS: Final = {"public": N_("Public"), "in_house": N_("In-house"), "script": N_("Script")}
MEMBERS: Final = {
    "owner": N_("Owner"),
    "organizer": N_("Organizer"),
    "reviewer": N_("Reviewer"),
    "developer": N_("Developer"),
    "viewer": N_("Viewer"),
}


def refused_words(code: str | None) -> str | None:
    """Why a request was refused, in words; the code itself where the table doesn't know it."""
    known = REFUSED.get(code or "")
    return gettext(known) if known else code


def token_words(action: str) -> str:
    """What happened to a token, in words."""
    known = TOKENS.get(action)
    return gettext(known) if known else action


def ended_words(reason: str) -> str:
    """Why something ended, in words; a code of the contract as it is."""
    return _words(ENDED, reason)


def held_words(reason: str) -> str:
    """Why a receiver is not sent to, in words."""
    return _words(HELD, reason)


def probe_words(probe: str) -> str:
    """What an endpoint was examined with, in words."""
    return _words(PROBES, probe)


def kind_words(kind: str) -> str:
    """The kind of an integration, in a word."""
    return _words(KINDS, kind)


def role_words(role: str) -> str:
    """The role of a member of a team or organization, in a word."""
    return _words(MEMBERS, role)


def _words(table: dict[str, str], key: str) -> str:
    return gettext(table[key]) if key in table else key


def translated(words: dict[str, str]) -> dict[str, str]:
    """A table of words in the visitor's language."""
    return {key: gettext(each) for key, each in words.items()}


def pairs(words: dict[str, str]) -> list[tuple[str, str]]:
    """The same as options of a select."""
    return list(translated(words).items())


def statuses() -> list[tuple[str, str]]:
    """The states of applications as options of a select."""
    return [(status, look(status).words) for status in STATUSES]
