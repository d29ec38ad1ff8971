"""The signed-in person on the wire: `/me/profile` (contract §4)."""

from revento.contract.v1.wire import Wire


class Profile(Wire, frozen=True, kw_only=True):
    """Name and e-mail of the person who consented."""

    id: str
    name: str
    email: str
    email_verified: bool
    locale: str
