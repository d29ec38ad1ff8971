"""What a report holds, and the checklist made of it."""

from datetime import datetime
from typing import Any

import msgspec

from revento.kernel.db import Row
from revento.kernel.ids import ClientId, IntegrationId


class Checked(msgspec.Struct, frozen=True):
    """One check of the kit: what was sent, what came back. `status`: pass, fail, warn or unknown."""

    id: str
    title: str
    status: str
    sent: str = ""
    got: str = ""
    why: str = ""
    read: str = ""


class Report(msgspec.Struct, frozen=True):
    """The signed text of a report."""

    format: str
    client_id: str
    target: str
    checks: list[Checked]
    created_at: str = ""
    kit_version: str = ""


class File(msgspec.Struct, frozen=True):
    """The file that `revento check --report` writes: the report's exact text, and an HMAC over it."""

    format: str
    client_id: str
    report: str
    signature: str


class Kept(Row, frozen=True):
    """A report that was taken in."""

    id: str
    integration_id: IntegrationId
    client_id: ClientId
    received_at: datetime
    passed: int
    failed: int
    report: dict[str, Any]


class SigningKey(Row, frozen=True):
    """A signing secret that counts, sealed."""

    id: str
    sealed: bytes


class Item(msgspec.Struct, frozen=True):
    """One line of the checklist: `passed`, `failed` or `missing`, and the checks that prove it."""

    key: str
    title: str
    state: str
    checks: list[Checked]
    hint: str
