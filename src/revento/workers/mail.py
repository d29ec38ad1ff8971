"""Sending letters. Without SMTP settings they stay in the local outbox, shown at `/dev/mailbox` in development."""

from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
from procrastinate import JobContext, RetryStrategy

from revento.kernel.jobs import queue
from revento.kernel.mail import actions, queries
from revento.kernel.mail.queries import Mail
from revento.workers.tools import tools_of

_PORTS: Final = {"smtp": 587, "smtps": 465}
_PATIENCE: Final = RetryStrategy(max_attempts=8, exponential_wait=4)


@queue.app.task(name=actions.SEND, pass_context=True, retry=_PATIENCE)
async def send(context: JobContext, mail_id: str) -> None:
    """Sends one letter, unless it was sent already; tried again for some hours when the mail server is away."""
    tools = tools_of(context)
    async with tools.db.tx() as tx:
        mail = await queries.find(tx, mail_id)
    if mail is None or mail.sent_at is not None:
        return
    if tools.settings.smtp_url is not None:
        await _hand_over(tools.settings.smtp_url, tools.settings.base_url, mail)
    async with tools.db.tx() as tx:
        failure = None if tools.settings.smtp_url else "SMTP_URL is not set; kept in the local outbox"
        await queries.set_sent(tx, mail_id, failure=failure, now=tools.clock.now())


async def _hand_over(smtp_url: str, base_url: str, mail: Mail) -> None:
    server = urlsplit(smtp_url)
    letter = EmailMessage()
    letter["From"] = f"Revento <no-reply@{urlsplit(base_url).hostname}>"
    letter["To"] = mail.recipient
    letter["Subject"] = mail.subject
    letter["Message-ID"] = f"<{mail.id}@{urlsplit(base_url).hostname}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(mail.body)
    await aiosmtplib.send(
        letter,
        hostname=server.hostname or "localhost",
        port=server.port or _PORTS[server.scheme],
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        timeout=30,
    )
