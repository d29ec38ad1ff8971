"""Writing letters."""

import re
from collections.abc import Iterable
from datetime import datetime

from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.jobs import queue
from revento.kernel.language import Say
from revento.kernel.mail import queries

SEND = "mail.send"


# A paragraph: a sentence, plain text (what somebody else wrote), or lines of both, a link on a line of its own.
Part = Say | str | tuple[Say | str, ...]


async def write(
    tx: Tx, to: str, subject: Say, *parts: Part, hello: str = "", otherwise: str = "en", now: datetime
) -> None:
    """Writes a letter and queues its sending, both with the caller's transaction.

    It is plain text in the language of whoever has this address, of nobody's in `otherwise`. It greets `hello` by name;
    an empty part is left out.
    """
    locale = await queries.find_locale(tx, to) or otherwise
    greeting = Say("Hello %(name)s,", name=hello) if hello else Say("Hello,")
    paragraphs = [text for part in (greeting, *parts) if (text := _text(part, locale))]
    id = ids.new("mail")
    line = " ".join(subject.within(locale).split())  # what people wrote into it may not begin a header of its own
    await queries.insert(tx, id, recipient=to, subject=line, body="\n\n".join(paragraphs) + "\n", now=now)
    await queue.defer(tx, SEND, mail_id=id)


def _text(part: Part, locale: str) -> str:
    if isinstance(part, tuple):
        return "\n".join(text for each in part if (text := _text(each, locale)))
    return part.strip() if isinstance(part, str) else part.within(locale)


async def forget(tx: Tx, email: str, words: Iterable[str], *, pseudonym: str) -> None:
    """Takes the letters to an address away, and its person's names out of letters to others: whole words only."""
    found = sorted({email, *words} - {pseudonym, ""}, key=len, reverse=True)
    pattern = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in found)
    await queries.redact(tx, email=email, pattern=pattern, pseudonym=pseudonym)


async def forget_span(tx: Tx, email: str, *, since: datetime, until: datetime) -> None:
    """Takes the letters away that went to an address while it was somebody's; those of whoever has it now stay."""
    await queries.drop_span(tx, email, since=since, until=until)
