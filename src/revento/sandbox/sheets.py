"""The sandbox on one sheet: `sandbox.json`, for newcomers and for programs (architecture §5)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from revento.events.events import queries as events
from revento.identity.users import queries as users
from revento.kernel import files, ids
from revento.kernel.db import Tx
from revento.kernel.ids import EventId
from revento.sandbox import cast
from revento.sandbox.actions import SEED
from revento.sandbox.conventions import CONVENTIONS, ORGANIZATIONS
from revento.sandbox.models import SHEET, Account, Credentials, Named, NamedEvent, Sheet


async def is_fresh(tx: Tx, *, seed: int = SEED, now: datetime) -> bool:
    """Whether the sandbox is there and one of its conventions is under way."""
    found = [await events.find(tx, _event_id(seed, each.key)) for each in CONVENTIONS]
    return all(found) and any(each.starts_at <= now < each.ends_at for each in found if each is not None)


async def exists(tx: Tx, *, seed: int = SEED) -> bool:
    """Whether there is a curated sandbox."""
    return await events.find(tx, _event_id(seed, CONVENTIONS[0].key)) is not None


def read(data_dir: Path) -> Sheet | None:
    """The sheet that was written last, if there is a readable one."""
    try:
        return msgspec.json.decode((data_dir / SHEET).read_bytes(), type=Sheet)
    except (OSError, msgspec.DecodeError):
        return None


def write(data_dir: Path, sheet: Sheet) -> Sheet:
    """Keeps the sheet, readable by its owner only; the sheet again."""
    document = msgspec.json.format(msgspec.json.encode(sheet), indent=2)
    files.write_private(data_dir / SHEET, document + b"\n")
    return sheet


async def draw_up(
    tx: Tx, base_url: str, password: str, integrations: Sequence[Credentials], *, seed: int = SEED
) -> Sheet:
    """Everything that is known about the sandbox: its people as they are, its events, and the credentials given."""
    accounts = [
        Account(each.role, each.name, each.email, password)
        for each in (*cast.STAFF, *cast.participants())
        if each.role != "operator" or await users.find_by_email(tx, each.email) is not None
    ]
    held: list[NamedEvent] = []
    for convention in CONVENTIONS:
        event = await events.get(tx, _event_id(seed, convention.key))
        held.append(NamedEvent(event.id, event.title, event.organization_id))
    return Sheet(
        base_url=base_url,
        people=accounts,
        organizations=[Named(ids.named("org", str(seed), each.key), each.name) for each in ORGANIZATIONS],
        events=held,
        integrations=list(integrations),
    )


def _event_id(seed: int, key: str) -> EventId:
    return EventId(ids.named("evt", str(seed), key))
