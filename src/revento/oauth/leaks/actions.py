"""The door of leak reports (contract §3.3). No authentication: who holds a token could use it anyway."""

from datetime import datetime
from typing import Final

import msgspec

from revento.integrations.catalogue import queries as catalogue
from revento.kernel import secrets
from revento.kernel.db import Tx
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail
from revento.oauth.audit import actions as audit
from revento.oauth.codes import queries as codes
from revento.oauth.families import actions as families
from revento.oauth.families.models import End
from revento.oauth.leaks import queries
from revento.oauth.leaks.queries import Leaked

ANYBODY: Final = "anonymous"
_KINDS: Final = {
    "access token": Say("access token"),
    "refresh token": Say("refresh token"),
    "authorization code": Say("authorization code"),
    "client secret": Say("client secret"),
}
_ENDED: Final = Say(
    "It works no more, and neither does anything that came from the same consent. Ask the organizer or the participant "
    "for consent again, and find out how it got out."
)
_STILL_GOOD: Final = Say(
    "It still works, so that your integration is not cut off by a stranger: rotate it now under Credentials in the "
    "developer console, and end the old one there."
)


class Reported(msgspec.Struct, frozen=True):
    """What a report led to: whether something ended by it, and whether the integration's people were told."""

    ended: bool = False
    reported: bool = False


async def report(tx: Tx, token: str, *, base_url: str, now: datetime) -> Reported:
    """Ends a token of ours with its whole family, burns a code, and tells the integration's people by mail.

    A client secret is reported to its owner and not ended: a stranger must not be able to cut an integration off.
    """
    if not token.isascii():
        return Reported()
    hash = secrets.sha256(token)
    found = await queries.find(tx, hash)
    if found is None:
        return Reported()
    is_secret = found.kind == "client secret"
    ended = not is_secret and await _end(tx, hash, found, now=now)
    if ended or is_secret:
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
    return Reported(ended=ended, reported=ended or is_secret)


async def _end(tx: Tx, hash: bytes, found: Leaked, *, now: datetime) -> bool:
    if found.kind == "authorization code":
        await codes.set_burnt(tx, hash, now=now)
    if found.family_id is None:
        return found.kind == "authorization code"
    return await families.end(tx, found.family_id, End.LEAKED, actor=ANYBODY, now=now)


async def _tell(tx: Tx, found: Leaked, *, base_url: str, now: datetime) -> None:
    kind, name = _KINDS[found.kind], found.integration_name
    parts = (
        Say(
            "somebody found one of the secrets of %(name)s in the open and reported it to us: %(kind)s, client "
            "%(client)s.",
            name=name,
            kind=kind,
            client=found.client_id,
        ),
        _STILL_GOOD if found.kind == "client secret" else _ENDED,
        Say("What happened to your tokens: %(link)s", link=f"{base_url}/developer"),
    )
    subject = Say("%(name)s: a leaked %(kind)s was reported", name=name, kind=kind)
    for address in await catalogue.list_developer_mails(tx, found.integration_id):
        await mail.write(tx, address, subject, *parts, now=now)
