"""The door of leak reports (contract §3.3). No authentication: who holds a token could use it anyway."""

from datetime import datetime
from typing import Final

from revento.integrations.catalogue import queries as catalogue
from revento.kernel import secrets
from revento.kernel.db import Tx
from revento.kernel.mail import actions as mail
from revento.oauth.audit import actions as audit
from revento.oauth.codes import queries as codes
from revento.oauth.families import actions as families
from revento.oauth.families.models import End
from revento.oauth.leaks import queries
from revento.oauth.leaks.queries import Leaked

ANYBODY: Final = "anonymous"
_TOLD: Final = {
    True: "It works no more, and neither does anything that came from the same consent. Ask the organizer or the "
    "participant for consent again, and find out how the token got out.",
    False: "It still works, so that your integration is not cut off by a stranger: rotate it now under Credentials in "
    "the developer console, and end the old one there.",
}


async def report(tx: Tx, token: str, *, base_url: str, now: datetime) -> bool:
    """Ends a token of ours with its whole family, burns a code, and tells the integration's people by mail.

    A client secret is reported to its owner and not ended. Whether the token was alive or is a live secret.
    """
    if not token.isascii():
        return False
    hash = secrets.sha256(token)
    found = await queries.find(tx, hash)
    if found is None:
        return False
    alive = await _end(tx, hash, found, now=now)
    if alive:
        await audit.note(
            tx,
            ANYBODY,
            "token.leaked",
            client_id=found.client_id,
            integration_id=found.integration_id,
            family_id=found.family_id,
            reason=End.LEAKED,
            now=now,
        )
        await _tell(tx, found, base_url=base_url, now=now)
    return alive


async def _end(tx: Tx, hash: bytes, found: Leaked, *, now: datetime) -> bool:
    if found.kind == "client secret":
        return True
    if found.kind == "authorization code":
        await codes.set_burnt(tx, hash, now=now)
    if found.family_id is None:
        return found.kind == "authorization code"
    return await families.end(tx, found.family_id, End.LEAKED, actor=ANYBODY, now=now)


async def _tell(tx: Tx, found: Leaked, *, base_url: str, now: datetime) -> None:
    subject = f"{found.integration_name}: a leaked {found.kind} was reported"
    body = (
        f"Hello,\n\nsomebody found a {found.kind} of {found.integration_name} (client {found.client_id}) in the open "
        f"and reported it to us. {_TOLD[found.kind != 'client secret']}\n\n"
        f"What happened to your tokens: {base_url}/developer\n"
    )
    for address in await catalogue.list_developer_mails(tx, found.integration_id):
        await mail.write(tx, address, subject, body, now=now)
