"""Every state that a page may show: its words, its tone, its icon. Meaning is never by colour alone."""

from __future__ import annotations

import msgspec

from revento.web.shared.translate import gettext


class Look(msgspec.Struct, frozen=True):
    """How a state looks. `tone` is a class of the chip: ok, warn, bad, rev, accent or none."""

    words: str
    tone: str
    icon: str


def N_(message: str) -> str:  # noqa: N802  the name that catalogue tools look for
    """Mark a sentence for the catalogue; it is translated when shown."""
    return message


LOOKS = {
    # applications and participants
    "pending": Look(N_("Pending"), "warn", "clock"),
    "approved": Look(N_("Approved"), "ok", "circle-check"),
    "rejected": Look(N_("Rejected"), "bad", "circle-x"),
    "revision_requested": Look(N_("Revision requested"), "rev", "pen-line"),
    "withdrawn": Look(N_("Withdrawn"), "", "undo-2"),
    "registered": Look(N_("Registered"), "ok", "ticket"),
    "signed_up": Look(N_("Signed up"), "ok", "circle-check"),
    "waitlisted": Look(N_("On the waitlist"), "warn", "hourglass"),
    "invited": Look(N_("Invited"), "warn", "mail"),
    # events, program, waves
    "draft": Look(N_("Draft"), "", "pencil"),
    "published": Look(N_("Published"), "ok", "check"),
    "archived": Look(N_("Archived"), "", "archive"),
    "scheduled": Look(N_("Scheduled"), "ok", "calendar-check"),
    "cancelled": Look(N_("Cancelled"), "bad", "ban"),
    "clash": Look(N_("Clash"), "bad", "triangle-alert"),
    "upcoming": Look(N_("Upcoming"), "", "calendar-clock"),
    "open": Look(N_("Open"), "ok", "door-open"),
    "nearly_full": Look(N_("Nearly full"), "warn", "users"),
    "full": Look(N_("Full"), "warn", "users"),
    "closed": Look(N_("Closed"), "", "lock"),
    "unlimited": Look(N_("Open to all"), "", "users"),
    "organizers": Look(N_("Organizers only"), "", "eye-off"),
    "stays_empty": Look(N_("Not shown"), "bad", "eye-off"),
    "unanswered": Look(N_("No answer"), "bad", "circle-alert"),
    # deliveries
    "waiting": Look(N_("Waiting"), "", "clock"),
    "sending": Look(N_("Sending"), "accent", "send"),
    "delivered": Look(N_("Delivered"), "ok", "check"),
    "retrying": Look(N_("Retrying"), "warn", "rotate-cw"),
    "failed": Look(N_("Failed"), "bad", "x"),
    "dead": Look(N_("Given up"), "bad", "circle-x"),
    "held": Look(N_("Held"), "warn", "pause"),
    "paused": Look(N_("Paused"), "warn", "pause"),
    # receivers of webhooks
    "breaker_open": Look(N_("Breaker open"), "bad", "circle-x"),
    "breaker_half_open": Look(N_("Breaker half open"), "warn", "rotate-cw"),
    "probing": Look(N_("Being probed"), "warn", "search"),
    "withheld": Look(N_("Withheld"), "", "pause"),
    # integrations and connections
    "healthy": Look(N_("Healthy"), "ok", "circle-check"),
    "failing": Look(N_("Failing"), "bad", "circle-x"),
    "unused": Look(N_("Not used yet"), "", "moon"),
    "active": Look(N_("Active"), "ok", "circle-check"),
    "ended": Look(N_("Ended"), "", "unplug"),
    "connected": Look(N_("Connected"), "ok", "plug"),
    "sandbox": Look(N_("Sandbox"), "accent", "flask-conical"),
    "in_house": Look(N_("Your own"), "", "house"),
    "script": Look(N_("Script"), "", "terminal"),
    "submitted": Look(N_("Submitted"), "warn", "send"),
    "in_review": Look(N_("In review"), "warn", "clipboard-check"),
    "changes_requested": Look(N_("Changes requested"), "rev", "pen-line"),
    "suspended": Look(N_("Suspended"), "bad", "ban"),
    "unpublished": Look(N_("Unpublished"), "", "eye-off"),
    "revoked": Look(N_("Revoked"), "bad", "ban"),
    "expired": Look(N_("Expired"), "", "hourglass"),
    # organizations and duties
    "formal": Look(N_("Formal"), "ok", "landmark"),
    "informal": Look(N_("Informal"), "", "users"),
    "verified": Look(N_("Verified"), "ok", "badge-check"),
    "unverified": Look(N_("Not verified"), "", "shield-question-mark"),
    "requested": Look(N_("Requested"), "warn", "clock"),
    "refused": Look(N_("Refused"), "bad", "circle-x"),
    "declined": Look(N_("Declined"), "bad", "circle-x"),
    "lost": Look(N_("Lost"), "bad", "ban"),
    "none": Look(N_("None"), "", "minus"),
    "confirmed": Look(N_("Confirmed"), "ok", "circle-check"),
    "due": Look(N_("Due"), "warn", "calendar-clock"),
    "overdue": Look(N_("Overdue"), "bad", "alarm-clock"),
    "announced": Look(N_("Announced"), "warn", "megaphone"),
    "ok": Look(N_("OK"), "ok", "check"),
}


def look(state: str) -> Look:
    """How to show a state, in the visitor's language. A state that the table doesn't know shows its own name, plain."""
    known = LOOKS.get(str(state))
    if known is None:
        return Look(str(state).replace("_", " ").capitalize(), "", "circle")
    return Look(gettext(known.words), known.tone, known.icon)
