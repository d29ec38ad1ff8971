"""The local outbox: letters that would have been sent, readable on a laptop and nowhere else (architecture §2)."""

from typing import Any, Final

from litestar import Request, Response, get

from revento.contract import errors
from revento.contract.errors import Refused
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.mail import queries
from revento.web.shared import pages
from revento.web.shared.edge import Given

AnyRequest = Request[Any, Any, Any]
NEWEST: Final = 50


@get("/dev/mailbox")
async def mailbox(request: AnyRequest, tx: Given[Tx], settings: Given[Settings]) -> Response[str]:
    """The newest letters, of everybody or to one address. Raises `NOT_FOUND` outside of development."""
    if not settings.development:
        raise Refused(errors.NOT_FOUND)
    to = request.query_params.get("q", "").strip()
    letters = await queries.list_newest(tx, recipient=to or None, limit=NEWEST)
    return pages.page("account/mailbox.html", to=to, letters=letters)


HANDLERS: Final = [mailbox]
