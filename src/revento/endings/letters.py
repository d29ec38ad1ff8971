"""Letters to the organizers whose events an end touches: one a person, whatever the number of events."""

from collections.abc import Iterable
from datetime import datetime

from revento.integrations.installations import actions as installations
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail


async def tell_organizers(
    tx: Tx, touched: Iterable[Installation], name: str, say: Say, note: str, *, now: datetime
) -> None:
    """Writes to everybody who manages integrations in the organizations of these connections."""
    told: dict[str, str] = {}
    for organization_id in sorted({each.organization_id for each in touched}):
        for manager in await installations.managers(tx, organization_id):
            told.setdefault(manager.email, manager.name)
    for address, person in told.items():
        about = Say("about %(name)s, which your events use: %(what)s", name=name, what=say)
        await mail.write(tx, address, Say("About %(name)s", name=name), about, note, hello=person, now=now)
