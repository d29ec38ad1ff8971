"""Who calls: the client's proof, and what its failure costs (contract §5.2: 60 a minute and address)."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Reason
from revento.integrations.credentials import actions as credentials
from revento.integrations.credentials.models import ProvenClient
from revento.kernel.db import Tx
from revento.oauth.audit import actions as audit
from revento.oauth.leaks.actions import ANYBODY
from revento.web.oauth.wire import Shown


async def prove(tx: Tx, shown: Shown | None, *, now: datetime) -> ProvenClient | Reason:
    """The proven client, or `INVALID_CLIENT`, which is audited: the same words whether it is unknown or wrong."""
    client = await credentials.prove(tx, shown.client_id, shown.secret, now=now) if shown else None
    if client is None:
        await audit.note(tx, ANYBODY, "token.refused", reason=errors.INVALID_CLIENT.code, now=now)
        return errors.INVALID_CLIENT
    return client
