"""SQL of the local outbox."""

from datetime import datetime

from revento.kernel.db import Row, Tx


class Mail(Row, frozen=True):
    """One letter."""

    id: str
    recipient: str
    subject: str
    body: str
    created_at: datetime
    sent_at: datetime | None
    failure: str | None


INSERT = """
    INSERT INTO mails (id, recipient, subject, body, created_at)
    VALUES (%(id)s, %(recipient)s, %(subject)s, %(body)s, %(now)s)
"""


async def insert(tx: Tx, id: str, *, recipient: str, subject: str, body: str, now: datetime) -> None:
    """Puts a letter in the outbox."""
    await tx.run(INSERT, id=id, recipient=recipient, subject=subject, body=body, now=now)


# Index users_email.
FIND_LOCALE = "SELECT locale FROM users WHERE lower(email) = lower(%(email)s) AND deleted_at IS NULL"


async def find_locale(tx: Tx, email: str) -> str | None:
    """The language of who has this address; none when nobody has."""
    return await tx.maybe(str, FIND_LOCALE, email=email)


FIND = """
    SELECT id, recipient, subject, body, created_at, sent_at, failure FROM mails WHERE id = %(id)s
"""


async def find(tx: Tx, id: str) -> Mail | None:
    """One letter."""
    return await tx.maybe(Mail, FIND, id=id)


# Serves /dev/mailbox; index mails_newest (created_at).
LIST_NEWEST = """
    SELECT id, recipient, subject, body, created_at, sent_at, failure
      FROM mails
     WHERE %(recipient)s::text IS NULL OR recipient = %(recipient)s
     ORDER BY created_at DESC, id DESC
     LIMIT %(limit)s
"""


async def list_newest(tx: Tx, *, recipient: str | None = None, limit: int = 50) -> list[Mail]:
    """The newest letters first."""
    return await tx.all(Mail, LIST_NEWEST, recipient=recipient, limit=limit)


SET_SENT = "UPDATE mails SET sent_at = %(now)s, failure = %(failure)s WHERE id = %(id)s"


async def set_sent(tx: Tx, id: str, *, failure: str | None, now: datetime) -> None:
    """Notes that a letter left, or why it did not."""
    await tx.run(SET_SENT, id=id, failure=failure, now=now)


DROP_MAILS = "DELETE FROM mails WHERE lower(recipient) = lower(%(email)s)"
# Letters to others that mention somebody: whole words only, so that a short name never cuts into longer ones.
REDACT_MAILS = r"""
    UPDATE mails
       SET subject = regexp_replace(subject, %(pattern)s, %(pseudonym)s, 'g'),
           body = regexp_replace(body, %(pattern)s, %(pseudonym)s, 'g')
     WHERE subject ~ %(pattern)s OR body ~ %(pattern)s
"""


async def redact(tx: Tx, *, email: str, pattern: str, pseudonym: str) -> None:
    """Takes a person's letters away, and what `pattern` matches out of letters to others."""
    await tx.run(DROP_MAILS, email=email)
    await tx.run(REDACT_MAILS, pattern=pattern, pseudonym=pseudonym)


DROP_SPAN = """
    DELETE FROM mails WHERE lower(recipient) = lower(%(email)s) AND created_at BETWEEN %(since)s AND %(until)s
"""


async def drop_span(tx: Tx, email: str, *, since: datetime, until: datetime) -> int:
    """Takes letters to an address away, of one span of time."""
    return await tx.run(DROP_SPAN, email=email, since=since, until=until)
