"""The door of a person's consent. Ending it touches tokens and duties too, so that is in `endings`."""

from datetime import datetime

from revento.contract import scopes as table
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.integrations.credentials.models import Client
from revento.integrations.grants import queries, rules
from revento.integrations.grants.models import Grant
from revento.integrations.installations.models import Installation
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, GrantId, UserId


async def grant(
    tx: Tx,
    user_id: UserId,
    event_id: EventId,
    client: Client,
    installation: Installation,
    scopes: list[str],
    *,
    now: datetime,
) -> Grant:
    """Keeps a person's consent, or widens the one that holds. Eligibility is `rules.why_not_sign_in`'s question.

    Raises `INVALID_SCOPE`.
    """
    if reason := rules.why_not_scopes(client, scopes):
        raise Refused(reason)
    made = await queries.put(
        tx,
        GrantId(ids.new("grt")),
        event_id=event_id,
        user_id=user_id,
        integration_id=client.integration_id,
        client_id=client.id,
        installation_id=installation.id,
        scopes=table.in_order(scopes),
        now=now,
    )
    await audit.note(
        tx,
        user_id,
        "integration.signed_in",
        made.id,
        now=now,
        organization_id=installation.organization_id,
        event_id=event_id,
        integration_id=client.integration_id,
        scopes=made.scopes,
    )
    return made
