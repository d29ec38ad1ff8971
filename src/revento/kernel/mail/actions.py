"""Writing letters."""

import re
from collections.abc import Iterable
from datetime import datetime

from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.jobs import queue
from revento.kernel.mail import queries

SEND = "mail.send"


async def write(tx: Tx, to: str, subject: str, body: str, *, now: datetime) -> None:
    """Writes a letter and queues its sending, both with the caller's transaction. `body` is plain text."""
    id = ids.new("mail")
    await queries.insert(tx, id, recipient=to, subject=subject, body=body, now=now)
    await queue.defer(tx, SEND, mail_id=id)


async def forget(tx: Tx, email: str, words: Iterable[str], *, pseudonym: str) -> None:
    """Takes the letters to an address away, and its person's names out of letters to others: whole words only."""
    found = sorted({email, *words} - {pseudonym, ""}, key=len, reverse=True)
    pattern = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in found)
    await queries.redact(tx, email=email, pattern=pattern, pseudonym=pseudonym)
