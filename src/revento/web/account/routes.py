"""Everything below `/account`, and the local outbox."""

from typing import Final

from revento.web.account import act_as, address, language, letters, mailbox, passkeys, security, sign_in

PARTS: Final = (sign_in, passkeys, letters, security, address, act_as, language, mailbox)
HANDLERS: Final = [handler for part in PARTS for handler in part.HANDLERS]
