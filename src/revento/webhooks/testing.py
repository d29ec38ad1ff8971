"""Test deliveries: the real way through queue, router and dispatcher, with nothing in them (contract §6.5)."""

from datetime import datetime

from revento.contract import topics
from revento.contract.v1.notices import Test
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, InstallationId, MessageId, OrganizationId
from revento.webhooks.console.models import Endpoint
from revento.webhooks.outbox import actions as outbox

LONGEST = 200


async def send(tx: Tx, client_id: str, endpoint: Endpoint | None, message: str, *, now: datetime) -> MessageId:
    """Sends a `webhook.test` to a connection's receiver, or (no endpoint) to a client's, which belongs to no event."""
    here = endpoint if endpoint is not None and endpoint.installation_id is not None else None
    return await outbox.put(
        tx,
        topics.WEBHOOK_TEST,
        event_id=EventId(here.event_id) if here and here.event_id else None,
        organization_id=OrganizationId(here.organization_id) if here and here.organization_id else None,
        data=Test(message=message[:LONGEST]),
        now=now,
        resource_key="webhook.test",
        installation_id=InstallationId(here.installation_id) if here and here.installation_id else None,
        client_id=None if here else client_id,
    )
