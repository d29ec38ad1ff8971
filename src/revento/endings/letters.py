"""Letters to the organizers whose events an end touches: one a person, whatever the number of events."""

from collections.abc import Iterable
from datetime import datetime

from revento.integrations.installations import actions as installations
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.mail import actions as mail


async def tell_organizers(
    tx: Tx, touched: Iterable[Installation], name: str, say: str, note: str, *, now: datetime
) -> None:
    """Writes to everybody who manages integrations in the organizations of these connections."""
    told: dict[str, str] = {}
    for organization_id in sorted({each.organization_id for each in touched}):
        for manager in await installations.managers(tx, organization_id):
            told.setdefault(manager.email, manager.name)
    for address, person in told.items():
        parts = [f"Hello {person},", f"about {name}, which your events use: {say}", note]
        body = "\n\n".join(part for part in parts if part) + "\n"
        await mail.write(tx, address, f"About {name}", body, now=now)
