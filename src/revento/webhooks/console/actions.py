"""Everything about one delivery, put together for people."""

import hashlib
from uuid import UUID

from revento.kernel.db import Tx
from revento.kernel.secrets import Box, CannotOpen
from revento.webhooks import signing
from revento.webhooks.console import queries
from revento.webhooks.console.models import Attempt, Detail, Entry, SecretThen, Told, Try


async def detail(tx: Tx, box: Box, endpoint_nos: list[int], id: UUID) -> Detail | None:
    """One delivery of these endpoints with its message and every try, headers as they were sent; `None` if not theirs.

    Signatures are made again with the secrets that counted at the time of the try.
    """
    entry = await queries.find(tx, endpoint_nos, id)
    if entry is None:
        return None
    message = await queries.find_message(tx, entry.message_id, entry.message_at)
    tries = await queries.list_tries(tx, entry.endpoint_no, entry.no)
    secrets = await queries.list_secrets(tx, entry.client_id)
    return Detail(entry, message, [_attempt(box, entry, message, one, secrets) for one in tries])


def _attempt(box: Box, entry: Entry, message: Told | None, tried: Try, secrets: list[SecretThen]) -> Attempt:
    body = message.body if message else b""
    then = [one for one in secrets if one.created_at <= tried.at and (one.over_at is None or one.over_at > tried.at)]
    opened = [secret for one in then[:2] if (secret := _open(box, one)) is not None]
    signed = signing.headers_for(
        delivery_id=str(entry.id),
        topic=entry.topic,
        attempt=tried.n,
        sequence=entry.seq,
        is_replay=entry.is_replay,
        secrets=opened or [signing.new_secret()],
        timestamp=tried.timestamp_s,
        body=body,
    )
    headers = signed.headers
    if not opened or message is None:
        headers = {name: value for name, value in headers.items() if "signature" not in name.lower()}
    exact = message is not None and hashlib.sha256(signing.signed_bytes(tried.timestamp_s, body)).digest()
    return Attempt(tried, headers, exact == tried.signed_sha256)


def _open(box: Box, secret: SecretThen) -> str | None:
    try:
        return signing.unseal(box, secret.id, secret.sealed)
    except CannotOpen:
        return None
