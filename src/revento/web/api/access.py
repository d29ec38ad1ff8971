"""The access check: the only place that decides whether a bearer token may read an endpoint (contract §2.4)."""

from datetime import datetime
from typing import Final

from revento.contract import errors, limits
from revento.contract.endpoints import Endpoint
from revento.contract.errors import Refused
from revento.contract.limits import BUDGETS, Budget
from revento.contract.scopes import TokenKind
from revento.contract.v1.wire import stamp
from revento.events.reading.models import Page, Place
from revento.kernel import secrets
from revento.kernel.reader import Reader
from revento.oauth.bearers import queries
from revento.oauth.bearers.models import Bearer

_PREFIXES: Final = (limits.INSTALLATION_PREFIX, limits.USER_PREFIX)
_OTHER_KIND: Final = {
    TokenKind.INSTALLATION: errors.INSTALLATION_TOKEN_REQUIRED,
    TokenKind.USER: errors.USER_TOKEN_REQUIRED,
}


def presented(authorization: str) -> str:
    """The token in the header. Raises `Refused` (401) when there is none or it cannot be one of ours."""
    if not authorization.strip():
        raise Refused(errors.MISSING_TOKEN)
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not any(secrets.is_well_formed(token, prefix) for prefix in _PREFIXES):
        raise Refused(errors.INVALID_TOKEN)
    return token


async def known(reader: Reader, token: str, now: datetime) -> Bearer:
    """What we know of a token. Raises `Refused` (401) when we never issued it."""
    bearer = await queries.find(reader, secrets.sha256(token), now=now)
    if bearer is None:
        raise Refused(errors.INVALID_TOKEN)
    return bearer


async def known_with_participants(reader: Reader, token: str, place: Place, now: datetime) -> tuple[Bearer, Page]:
    """The same in one round trip with a page of its event's participants; to be shown only after every check."""
    found = await queries.find_with_participants(reader, secrets.sha256(token), place, now=now)
    if found is None:
        raise Refused(errors.INVALID_TOKEN)
    return found


def alive(bearer: Bearer, now: datetime) -> None:
    """Raises `Refused` (401) when something has ended the token, and only then when its hour is over."""
    if bearer.ended_at is not None:
        raise Refused(errors.TOKEN_REVOKED, reason=bearer.end_reason, revoked_at=stamp(bearer.ended_at))
    if bearer.expires_at <= now:
        raise Refused(errors.TOKEN_EXPIRED, expired_at=stamp(bearer.expires_at))


def budget(bearer: Bearer) -> Budget:
    """The token's limits: those the operator raised, else those of its kind (contract §5.2)."""
    if bearer.per_hour is None or bearer.per_minute is None or bearer.in_flight is None:
        return BUDGETS[bearer.kind]
    return Budget(bearer.per_hour, bearer.per_minute, bearer.in_flight)


def permitted(bearer: Bearer, endpoint: Endpoint, ids: tuple[str, ...]) -> None:
    """Kind, event, scope, in this order. Raises `Refused` (403)."""
    if endpoint.scope.kind is not bearer.kind:
        raise Refused(_OTHER_KIND[endpoint.scope.kind])
    if ids and ids[0] != bearer.event_id:
        raise Refused(errors.EVENT_NOT_AUTHORIZED)
    if endpoint.scope.name not in bearer.scopes:
        raise Refused(errors.INSUFFICIENT_SCOPE, required_scope=endpoint.scope.name)
