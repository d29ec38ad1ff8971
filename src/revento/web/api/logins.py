"""The machine's side of `revento login`: two codes, then the question whether somebody has approved.

RFC 8628 in shape, but not at the token endpoint: what comes out are credentials of a client, not a token, so a poll
that has to wait is a 200 that says so. Nobody is known here, so each address has the budget of strangers.
"""

from typing import Any, Final, TypeVar

import msgspec
from litestar import Response, Router, post

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.contract.v1.developing import LoginOpened, LoginTold
from revento.contract.v1.wire import Wire, encode, stamp
from revento.integrations.logins import actions, rules
from revento.integrations.logins.models import Collected, Opened, Status
from revento.kernel.db import Tx
from revento.web.api.integration import AnyRequest
from revento.web.shared import edge
from revento.web.shared.edge import Given, Services
from revento.web.shared.errors import json_error

PAGE: Final = "/developer/device"
Body = TypeVar("Body", bound=msgspec.Struct)


class _Asks(msgspec.Struct, frozen=True):
    machine: str = ""


class _Polls(msgspec.Struct, frozen=True):
    device_code: str


@post("/", status_code=200)
async def open_login(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Begins a login: `{"machine": "ada-laptop"}`, whose name the person is shown."""
    if refused := await _too_many(request, provided):
        return refused
    asks = _read(await request.body(), _Asks)
    address, now = _address(request), provided.clock.now()

    async def work(tx: Tx) -> Opened:
        return await actions.begin(tx, machine=asks.machine, address=address, now=now)

    made, page = await edge.ask(provided, work), provided.settings.base_url + PAGE
    return _answer(
        LoginOpened(
            device_code=made.device_code,
            user_code=made.user_code,
            verification_uri=page,
            verification_uri_complete=f"{page}?code={made.user_code}",
            expires_in=int(rules.LIFE.total_seconds()),
            interval=int(rules.INTERVAL.total_seconds()),
        )
    )


@post("/poll", status_code=200)
async def poll_login(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Asks how it stands: `{"device_code": "…"}`. Approved, the answer holds the credentials, this once."""
    polls, now = _read(await request.body(), _Polls), provided.clock.now()

    async def work(tx: Tx) -> Collected | Reason:
        return await actions.collect(tx, polls.device_code, now=now)

    found = await edge.ask(provided, work)
    if isinstance(found, Reason):
        return await _too_many(request, provided) or json_error(request, found)
    if found.status is Status.SLOW_DOWN and (refused := await _too_many(request, provided)):
        return refused
    choice = found.client
    return _answer(
        LoginTold(
            status=found.status,
            client_id=choice and choice.client_id,
            client_secret=found.client_secret,
            integration_id=choice and choice.integration_id,
            integration_name=choice and choice.integration_name,
            environment=choice and choice.environment,
            expires_at=found.expires_at and stamp(found.expires_at),
        )
    )


ROUTES: Final = Router("/api/v1/integration/logins", route_handlers=[open_login, poll_login])


def _read(raw: bytes, shape: type[Body]) -> Body:
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Refused(errors.INVALID_REQUEST, "The body is not the JSON that this endpoint reads.") from error


def _address(request: AnyRequest) -> str:
    return request.client.host if request.client else ""


async def _too_many(request: AnyRequest, provided: Services) -> Response[Any] | None:
    wait = await provided.limits.stranger(_address(request), provided.clock.now())
    if wait is None:
        return None
    answer = json_error(request, errors.RATE_LIMIT_EXCEEDED, window="minute")
    answer.headers["Retry-After"] = str(wait)
    return answer


def _answer(shape: Wire) -> Response[Any]:
    return Response(encode(shape), media_type="application/json", headers={"Cache-Control": "no-store"})
