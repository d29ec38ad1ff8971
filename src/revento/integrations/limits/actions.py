"""The doors through which budgets change. The API reads them with every token, so no restart is needed."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.identity.proofs import Operator
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.limits import queries
from revento.integrations.limits.models import Wanted
from revento.kernel import ids
from revento.kernel.db import Tx


async def put(tx: Tx, operator: Operator, wanted: Wanted, *, now: datetime) -> None:
    """Sets a budget for an integration, or for one of its connections.

    Raises `INVALID_INPUT` when a number is not positive, its end is over, the integration unknown or the connection
    another one's.
    """
    numbers = {"per_hour": wanted.per_hour, "per_minute": wanted.per_minute, "in_flight": wanted.in_flight}
    wrong = {name: "At least one." for name, number in numbers.items() if number < 1}
    if not wanted.reason.strip():
        wrong["reason"] = "Say why; whoever looks next wants to know."
    if wanted.ends_at is not None and wanted.ends_at <= now:
        wrong["ends_at"] = "Choose a day that is not over."
    installation_id = wanted.installation_id
    if await catalogue.find(tx, wanted.integration_id) is None:
        wrong["integration_id"] = "There is no such integration."
    elif installation_id and not await queries.has_installation(tx, wanted.integration_id, installation_id):
        wrong["installation_id"] = "This integration has no such connection."
    if wrong:
        raise Refused(errors.INVALID_INPUT, fields=wrong)
    await queries.put(tx, ids.new("lim"), wanted, by=operator.user_id, now=now)
    await audit.note(
        tx,
        operator.user_id,
        "limit.set",
        installation_id or wanted.integration_id,
        integration_id=wanted.integration_id,
        now=now,
        kind=wanted.kind,
        reason=wanted.reason,
        budget=numbers,
        ends_at=wanted.ends_at.isoformat() if wanted.ends_at else None,
    )


async def drop(tx: Tx, operator: Operator, id: str, *, now: datetime) -> None:
    """Back to the usual budget. Raises `NOT_FOUND`."""
    integration_id = await queries.drop(tx, id)
    if integration_id is None:
        raise Refused(errors.NOT_FOUND)
    await audit.note(tx, operator.user_id, "limit.dropped", id, integration_id=integration_id, now=now)
