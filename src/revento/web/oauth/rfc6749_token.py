"""`POST /oauth/token` (RFC 6749 §4.1.3, §6; contract §3.2)."""

from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Response, post

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.kernel.db import Tx
from revento.kernel.secrets import Keys
from revento.oauth import pkce
from revento.oauth.codes import actions as codes
from revento.oauth.codes.models import Arrival
from revento.oauth.families import actions as families
from revento.oauth.families import shapes
from revento.oauth.families.models import TokenPair
from revento.web.oauth import clients, wire
from revento.web.oauth.wire import AnyRequest, Shown
from revento.web.shared import edge, requests
from revento.web.shared.edge import Given, Services


class Redeeming(msgspec.Struct, frozen=True):
    """`grant_type=authorization_code`."""

    code: str
    redirect_uri: str
    verifier: str


class Refreshing(msgspec.Struct, frozen=True):
    """`grant_type=refresh_token`."""

    refresh_token: str
    scope: str | None


@post("/oauth/token", status_code=200)
async def token(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Trades a code or a refresh token for a token pair. The request is read before a connection is taken."""
    fields = await wire.read(request)
    shown = wire.shown(request, fields)
    asked = asked_for(fields) if shown else None
    now = provided.clock.now()
    async with edge.transaction(provided) as tx:
        arrival = Arrival(requests.came_in(request.scope), requests.lost_race(request.scope))
        traded = await _trade(tx, shown, asked, keys=provided.keys, arrival=arrival, now=now)
    if isinstance(traded, Reason):
        return await clients.refused(request, provided, traded)
    return wire.answer(shapes.tokens(traded))


async def _trade(
    tx: Tx, shown: Shown | None, asked: Redeeming | Refreshing | None, *, keys: Keys, arrival: Arrival, now: datetime
) -> TokenPair | Reason:
    client = await clients.prove(tx, shown, now=now)
    if isinstance(client, Reason):
        return client
    if isinstance(asked, Refreshing):
        return await families.refresh(tx, client, asked.refresh_token, asked.scope, keys=keys, now=now)
    if asked is None:
        return errors.INVALID_REQUEST
    return await codes.redeem(
        tx, client, asked.code, asked.redirect_uri, asked.verifier, keys=keys, arrival=arrival, now=now
    )


def asked_for(fields: dict[str, str]) -> Redeeming | Refreshing:
    """What is to be traded. Raises `INVALID_REQUEST`, `UNSUPPORTED_GRANT_TYPE`."""
    grant = _needed(fields, "grant_type")
    if grant == "refresh_token":
        return Refreshing(_needed(fields, "refresh_token"), fields.get("scope"))
    if grant != "authorization_code":
        raise Refused(errors.UNSUPPORTED_GRANT_TYPE)
    verifier = _needed(fields, "code_verifier")
    if not pkce.is_verifier(verifier):
        raise Refused(errors.INVALID_REQUEST, "code_verifier must be 43 to 128 of A-Z a-z 0-9 - . _ ~")
    return Redeeming(_needed(fields, "code"), _needed(fields, "redirect_uri"), verifier)


def _needed(fields: dict[str, str], name: str) -> str:
    if name not in fields:
        raise Refused(errors.INVALID_REQUEST, f"{name} is missing.")
    return fields[name]


HANDLERS: Final = [token]
