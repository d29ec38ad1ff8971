"""The error table: every code that leaves the house, with its status and words (contract §5.1)."""

from typing import Any, Final

import msgspec


class Reason(msgspec.Struct, frozen=True):
    """Why not. `code` is for programs and never changes; `say` is for people and may."""

    code: str
    status: int
    say: str


class Refused(Exception):
    """A plain no: nothing happened. The edge renders it; `extra` are the code's own fields (`field`, `expected`, …)."""

    def __init__(self, reason: Reason, say: str | None = None, /, **extra: Any) -> None:
        super().__init__(say or reason.say)
        self.reason = reason
        self.say = say or reason.say
        self.extra = extra


# Bearer tokens at the API
INVALID_TOKEN: Final = Reason("invalid_token", 401, "The access token is missing, malformed or unknown.")
# The same code as above; its challenge names no error, since nothing was wrong with what was not sent (RFC 6750 §3.1).
MISSING_TOKEN: Final = Reason("invalid_token", 401, "There is no access token in the Authorization header.")
TOKEN_EXPIRED: Final = Reason("token_expired", 401, "The access token is older than an hour. Refresh it.")
TOKEN_REVOKED: Final = Reason("token_revoked", 401, "The access token was ended and stays dead. Ask for consent again.")
USER_TOKEN_REQUIRED: Final = Reason("user_token_required", 403, "This endpoint takes a user token (rev_user_…).")
INSTALLATION_TOKEN_REQUIRED: Final = Reason(
    "installation_token_required", 403, "This endpoint takes an installation token (rev_install_…)."
)
EVENT_NOT_AUTHORIZED: Final = Reason("event_not_authorized", 403, "This token is bound to another event.")
INSUFFICIENT_SCOPE: Final = Reason("insufficient_scope", 403, "The token was not granted the scope this needs.")

# Requests
INVALID_REQUEST: Final = Reason("invalid_request", 400, "The request is missing something or malformed.")
INVALID_CURSOR: Final = Reason(
    "invalid_cursor", 400, "The cursor was changed, is older than 24 hours or belongs to another list. Start over."
)
NOT_FOUND: Final = Reason("not_found", 404, "There is nothing here.")
METHOD_NOT_ALLOWED: Final = Reason("method_not_allowed", 405, "This method is not allowed here.")
NOT_ACCEPTABLE: Final = Reason("not_acceptable", 406, "No version of the API matches the Accept header.")
PAYLOAD_TOO_LARGE: Final = Reason("payload_too_large", 413, "The request body is too large.")
RATE_LIMIT_EXCEEDED: Final = Reason("rate_limit_exceeded", 429, "Too many requests. Wait as long as Retry-After says.")
CONCURRENT_LIMIT_EXCEEDED: Final = Reason(
    "concurrent_limit_exceeded", 429, "Too many requests at the same time. Wait for one to end."
)
INTERNAL_ERROR: Final = Reason("internal_error", 500, "Something broke on our side. The request id helps us find it.")
SERVICE_UNAVAILABLE: Final = Reason("service_unavailable", 503, "We cannot answer right now. Try again shortly.")

# OAuth
INVALID_GRANT: Final = Reason("invalid_grant", 400, "The code or refresh token is not valid. Ask for consent again.")
INVALID_SCOPE: Final = Reason("invalid_scope", 400, "The scope is unknown, undeclared, of mixed kinds or too wide.")
UNSUPPORTED_GRANT_TYPE: Final = Reason(
    "unsupported_grant_type", 400, "grant_type must be authorization_code or refresh_token."
)
UNAUTHORIZED_CLIENT: Final = Reason(
    "unauthorized_client",
    400,
    "The integration is suspended. Keep this refresh token: it can be traded again once the suspension is lifted.",
)
INVALID_CLIENT: Final = Reason("invalid_client", 401, "Client authentication failed.")

API: Final = (
    INVALID_TOKEN,
    TOKEN_EXPIRED,
    TOKEN_REVOKED,
    USER_TOKEN_REQUIRED,
    INSTALLATION_TOKEN_REQUIRED,
    EVENT_NOT_AUTHORIZED,
    INSUFFICIENT_SCOPE,
    INVALID_REQUEST,
    INVALID_CURSOR,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    PAYLOAD_TOO_LARGE,
    RATE_LIMIT_EXCEEDED,
    CONCURRENT_LIMIT_EXCEEDED,
    INTERNAL_ERROR,
    SERVICE_UNAVAILABLE,
)
OAUTH: Final = (
    INVALID_GRANT,
    INVALID_SCOPE,
    INVALID_REQUEST,
    UNSUPPORTED_GRANT_TYPE,
    UNAUTHORIZED_CLIENT,
    INVALID_CLIENT,
)

# The house's own pages: never on the API's wire, but one tree all the same
SIGN_IN_REQUIRED: Final = Reason("sign_in_required", 401, "Sign in to go on.")
FRESH_SIGN_IN_REQUIRED: Final = Reason("fresh_sign_in_required", 401, "Sign in once more to confirm that it is you.")
FORBIDDEN: Final = Reason("forbidden", 403, "Your role does not allow this.")
FORM_EXPIRED: Final = Reason("form_expired", 403, "This form has expired. Go back, reload the page and send it again.")
TOO_MANY_ATTEMPTS: Final = Reason("too_many_attempts", 429, "Too many attempts. Wait a few minutes and try again.")
INVALID_INPUT: Final = Reason("invalid_input", 422, "Some of what you entered needs another look.")
WRONG_CREDENTIALS: Final = Reason("wrong_credentials", 422, "E-mail address and password do not match.")
LINK_EXPIRED: Final = Reason("link_expired", 410, "This link was used already or is too old. Ask for a new one.")
EMAIL_TAKEN: Final = Reason("email_taken", 409, "There is an account with this e-mail address already.")
EVENT_ARCHIVED: Final = Reason("event_archived", 409, "The event is archived; nothing in it changes any more.")
EVENT_NOT_PUBLISHED: Final = Reason("event_not_published", 409, "The event is not published yet.")
ALREADY_REVIEWED: Final = Reason("already_reviewed", 409, "Somebody has decided this application already.")
CHANGED_MEANWHILE: Final = Reason("changed_meanwhile", 409, "Somebody changed this while you looked at it.")
UNDO_TOO_LATE: Final = Reason("undo_too_late", 409, "The time to undo is over.")
ALREADY_APPLIED: Final = Reason("already_applied", 409, "You have applied for this event already.")
NO_OPEN_WAVE: Final = Reason("no_open_wave", 409, "No registration wave for this role is open right now.")
WAVE_FULL: Final = Reason("wave_full", 409, "This registration wave is full.")
NOT_APPROVED: Final = Reason("not_approved", 409, "Your application has to be approved first.")
TOO_YOUNG: Final = Reason("too_young", 409, "This activity has an age limit.")
AGE_UNKNOWN: Final = Reason("age_unknown", 409, "This activity has an age limit. Tell us when you were born first.")
SIGNUPS_CLOSED: Final = Reason("signups_closed", 409, "Sign-ups for this activity are closed.")
ORGANIZATION_NOT_VERIFIED: Final = Reason(
    "organization_not_verified", 409, "Only a formal, verified organization can connect integrations."
)
ACT_AS_NEEDS_CONSENT: Final = Reason(
    "act_as_needs_consent", 409, "This person has not allowed it, or the time that she allowed is over."
)
NOBODY_ACTS_FOR_OPERATORS: Final = Reason("nobody_acts_for_operators", 409, "Nobody acts for an operator.")
NOT_WHILE_ACTING: Final = Reason("not_while_acting", 403, "This is for the person herself; nobody does it for her.")
IN_USE: Final = Reason("in_use", 409, "Something else still depends on this.")
TIME_ZONE_NEEDED: Final = Reason("time_zone_needed", 422, "The file does not say in which time zone its days are.")
OWNS_ORGANIZATION: Final = Reason(
    "owns_organization",
    409,
    "You are the only owner of an organization with events. Hand it over or archive them first.",
)
WRONG_STATE: Final = Reason("wrong_state", 409, "This cannot be done in its present state.")
SANDBOX_ONLY: Final = Reason("sandbox_only", 409, "Sandbox credentials work on events of a sandbox organization only.")
PRODUCTION_ONLY: Final = Reason("production_only", 409, "In the sandbox only sandbox credentials work.")
NOT_IN_CATALOGUE: Final = Reason("not_in_catalogue", 409, "This integration is not in the catalogue.")
OTHER_ORGANIZATION: Final = Reason("other_organization", 409, "This integration belongs to another organization.")
INTEGRATION_SUSPENDED: Final = Reason("integration_suspended", 409, "The operator has suspended this integration.")
NOT_CONNECTED: Final = Reason("not_connected", 409, "The event's organizers have not connected this integration.")
NO_APPLICATION: Final = Reason("no_application", 409, "You have not applied for this event yet.")
