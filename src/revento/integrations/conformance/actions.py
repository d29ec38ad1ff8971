"""Taking in a signed report of the conformance kit."""

import hmac
from datetime import datetime
from typing import TypeVar

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.integrations.conformance import queries, rules
from revento.integrations.conformance.models import File, Item, Kept, Report
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, IntegrationId
from revento.kernel.secrets import Box
from revento.webhooks import signing

T = TypeVar("T", bound=msgspec.Struct)


async def receive(
    tx: Tx, client_id: ClientId, integration_id: IntegrationId, raw: bytes, *, by: str, box: Box, now: datetime
) -> tuple[int, int]:
    """Keeps the report in the file that `revento check --report` wrote; how many checks passed and failed.

    Raises `INVALID_INPUT` when it is not such a file, is another client's, or its signature is not made with the
    client's webhook secret.
    """
    if len(raw) > rules.MOST_BYTES:
        raise _refused("A report has at most 512 KiB.")
    file = _decode(raw, File)
    if file.client_id != client_id:
        raise _refused(f"This report was made for {file.client_id}, not for {client_id}.")
    keys = await queries.list_keys(tx, client_id, now=now)
    if not any(_signed_by(signing.unseal(box, key.id, key.sealed), file) for key in keys):
        raise _refused("The signature was not made with this client's webhook secret, or the report was changed.")
    report = _decode(file.report.encode(), Report)
    if report.format != rules.FORMAT or report.client_id != client_id:
        raise _refused(f"Expected a report of the format {rules.FORMAT} for {client_id}.")
    passed, failed = rules.counted(report)
    id = ids.new("rep")
    await queries.insert(
        tx,
        id,
        integration_id=integration_id,
        client_id=client_id,
        passed=passed,
        failed=failed,
        report=msgspec.to_builtins(report),
        now=now,
    )
    await audit.note(
        tx, by, "conformance.reported", id, integration_id=integration_id, now=now, passed=passed, failed=failed
    )
    return passed, failed


async def checklist(tx: Tx, integration_id: IntegrationId) -> tuple[Kept | None, list[Item]]:
    """The checklist as the newest report fills it."""
    kept = await queries.find_newest(tx, integration_id)
    return kept, rules.checklist(msgspec.convert(kept.report, Report) if kept else None)


def _signed_by(secret: str, file: File) -> bool:
    made = "sha256=" + hmac.new(secret.encode(), file.report.encode(), "sha256").hexdigest()
    return hmac.compare_digest(made.encode(), file.signature.encode())


def _decode(raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise _refused(f"This is not a report of the conformance kit: {error}.") from error


def _refused(say: str) -> Refused:
    return Refused(errors.INVALID_INPUT, say, fields={"report": say})
