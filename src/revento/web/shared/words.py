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


def translated(words: dict[str, str]) -> dict[str, str]:
    """A table of words in the visitor's language."""
    return {key: gettext(each) for key, each in words.items()}


def pairs(words: dict[str, str]) -> list[tuple[str, str]]:
    """The same as options of a select."""
    return list(translated(words).items())


def statuses() -> list[tuple[str, str]]:
    """The states of applications as options of a select."""
    return [(status, look(status).words) for status in STATUSES]
