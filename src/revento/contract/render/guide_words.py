"""Words about the contract that only the guide says: what to do about each error, what each header is for."""

from typing import Final

import msgspec

from revento.contract import headers, limits


class Word(msgspec.Struct, frozen=True):
    """What to do about an error, and the fields that come with it."""

    do: str
    fields: tuple[str, ...] = ()


ERRORS: Final = {
    "invalid_token": Word(
        "Send `Authorization: Bearer …` with an access token of this server. A refresh token, a client secret "
        "or a token "
        "of the other environment is not one. Nothing in the address counts."
    ),
    "token_expired": Word(
        "Refresh once, store the new pair, ask again. See [Refresh tokens](refresh-tokens).", ("expired_at",)
    ),
    "token_revoked": Word(
        "Stop: no refresh helps. `reason` says who ended the connection. Delete what "
        "[data.deletion_required](privacy-and-deletion) names, and ask for consent again only when a person wants it.",
        ("reason", "revoked_at"),
    ),
    "user_token_required": Word(
        "This is a `/me/…` endpoint. Use the token of [Login with Revento](login-with-revento)."
    ),
    "installation_token_required": Word(
        "This is an `/events/…` endpoint. Use the token of [Organizer-connect](organizer-connect)."
    ),
    "event_not_authorized": Word(
        "A token opens one event. Use the token that came with this `event_id`; ten events are ten connections."
    ),
    "insufficient_scope": Word(
        "The organizer did not grant it, or your manifest did not ask. Look at `scope` of the token answer, "
        "then connect again "
        "with the scope that `required_scope` names.",
        ("required_scope",),
    ),
    "invalid_request": Word("`field` names what is wrong, `expected` what would be right.", ("field", "expected")),
    "invalid_cursor": Word(
        "Begin again without a cursor. A cursor is good for 24 hours, for the same endpoint, filters and event.",
        ("field", "expected"),
    ),
    "not_found": Word("There is no such thing in this event, or it is not published yet. Forget your copy."),
    "method_not_allowed": Word("The read API answers `GET` only; `allowed` lists what would do.", ("allowed",)),
    "not_acceptable": Word(
        "Ask for a version that `supported` lists, in `Accept`. See [Versions](versioning).", ("supported",)
    ),
    "payload_too_large": Word("Send less. No request of the API needs a body."),
    "rate_limit_exceeded": Word(
        "Wait as long as `Retry-After` says, then go on. `window` is `minute` or `hour`. See [Rate "
        "limits](rate-limits).",
        ("window",),
    ),
    "concurrent_limit_exceeded": Word(
        "Five requests of a token at a time. Let one end before you start the next; there is no `Retry-After`. "
        "Ask again after "
        "half a second, then wait longer each time."
    ),
    "internal_error": Word(
        "Ask again after a few seconds, a few times. If it stays, write to us with the `request_id`."
    ),
    "service_unavailable": Word("Ask again after as many seconds as `Retry-After` says."),
    "invalid_grant": Word(
        "Permanent. A code is good for one exchange within a minute; a refresh token is spent by its first use, "
        "ends after 90 days "
        "and with the connection. Forget it and ask for consent again."
    ),
    "invalid_scope": Word(
        "Ask for scopes that your manifest declares, all of one kind: either those of installations or those of people."
    ),
    "unsupported_grant_type": Word("`grant_type` is `authorization_code` or `refresh_token`."),
    "unauthorized_client": Word(
        "Your integration may not do that now. The developer console says in which state it is."
    ),
    "invalid_client": Word(
        "Look at client id and secret: no space around them, of this environment, not rotated away more than 24 "
        "hours ago."
    ),
}

HEADERS: Final = (
    ("Authorization", "request", "`Bearer` and the access token; nowhere else"),
    ("Accept", "request", f"`{headers.MEDIA_TYPE_V1}` pins version 1"),
    (headers.REQUEST_ID, "request and answer", "a UUID of yours, echoed; made by us when you send none"),
    ("If-None-Match", "request", "an `ETag` that you have; 304 when nothing changed, counted all the same"),
    (headers.RATE_LIMIT, "answer", "the hour's budget"),
    (headers.RATE_REMAINING, "answer", "what is left of it"),
    (headers.RATE_RESET, "answer", "when it begins anew, epoch seconds"),
    ("Retry-After", "answer, 429 and 503", "seconds to wait"),
    ("Deprecation, Sunset, Link", "answer", "this version is going to end, when, and where to read"),
    (headers.WEBHOOK_EVENT, "delivery", "the type"),
    (headers.WEBHOOK_DELIVERY_ID, "delivery", "a UUID, the same on every attempt: process each once"),
    (headers.WEBHOOK_TIMESTAMP, "delivery", "when this attempt was signed, epoch seconds"),
    (headers.WEBHOOK_SIGNATURE, "delivery", "`sha256=` and the lowercase hex HMAC"),
    (headers.WEBHOOK_SIGNATURE_PREVIOUS, "delivery", "the same with the old secret, while you rotate"),
    (headers.WEBHOOK_ATTEMPT, "delivery", "1 for the first"),
    (headers.WEBHOOK_SEQUENCE, "delivery", "counts per connected event without a gap"),
    (headers.WEBHOOK_REPLAY, "delivery", "`true` when somebody pressed Replay"),
    (
        "webhook-id, webhook-timestamp, webhook-signature",
        "delivery",
        "the same by [Standard Webhooks](https://www.standardwebhooks.com)",
    ),
)

_DAY: Final = 86_400
LIFETIMES: Final = (
    ("authorization code", f"{limits.CODE_S} s, one exchange"),
    ("access token", f"{limits.ACCESS_TOKEN_S} s"),
    ("refresh token", f"{limits.REFRESH_TOKEN_S // _DAY} days, sliding with each refresh"),
    ("a connection without new consent", f"{limits.FAMILY_CAP_S // _DAY} days from the first token"),
    (
        "the same answer to a repeated refresh",
        f"{limits.REFRESH_REPEAT_S} s; up to {limits.REFRESH_UNUSED_S // 3600} h while its result is unused",
    ),
    ("an old client or webhook secret after rotation", f"{limits.SECRET_OVERLAP_S // 3600} h, or until you end it"),
    ("cursor", f"{limits.CURSOR_S // 3600} h"),
    ("time to answer a delivery", f"{limits.WEBHOOK_TIMEOUT_S} s"),
    ("tolerance of a signature's time", f"{limits.WEBHOOK_TOLERANCE_S} s either way"),
    ("dead letters, pull feed", f"{limits.DEAD_LETTER_DAYS} days"),
    ("deletion duty", f"{limits.DELETION_DAYS} days"),
    ("launch token of a webview page", f"{limits.LAUNCH_TOKEN_S} s"),
    ("a connection after its event has ended", f"{limits.INSTALLATION_AFTER_EVENT_DAYS} days"),
)
