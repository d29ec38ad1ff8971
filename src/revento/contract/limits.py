"""Numbers of the wire: life-times in seconds, page sizes, budgets (contract §2, §4, §5.2, §6)."""

from typing import Final

import msgspec

from revento.contract.scopes import TokenKind

ACCESS_TOKEN_S: Final = 3600
REFRESH_TOKEN_S: Final = 7_776_000  # 90 days, sliding
FAMILY_CAP_S: Final = 31_536_000  # one year from the first issue
CODE_S: Final = 60
REFRESH_REPEAT_S: Final = 30  # the same answer to a repeated refresh, whatever happened since
REFRESH_UNUSED_S: Final = 86_400  # and while neither successor was used, at most this long
SECRET_OVERLAP_S: Final = 86_400

PAGE_DEFAULT: Final = 25
PAGE_MOST: Final = 50
CURSOR_S: Final = 86_400

WEBHOOK_TIMEOUT_S: Final = 10
WEBHOOK_TOLERANCE_S: Final = 300
RETRY_AFTER_MOST_S: Final = 3600
DEAD_LETTER_DAYS: Final = 30
DELETION_DAYS: Final = 30
INSTALLATION_AFTER_EVENT_DAYS: Final = 90
INSTALLATION_UNUSED_DAYS: Final = 60
LAUNCH_TOKEN_S: Final = 60
CAPACITY_DEBOUNCE_S: Final = 30

ANONYMOUS_PER_MINUTE: Final = 60
FEED_PER_MINUTE: Final = 60
FEED_IN_FLIGHT: Final = 5
ABUSE_REFUSALS: Final = 100
ABUSE_WINDOW_S: Final = 600


class Budget(msgspec.Struct, frozen=True):
    """Three independent budgets of one token."""

    per_hour: int
    per_minute: int
    in_flight: int


BUDGETS: Final = {
    TokenKind.INSTALLATION: Budget(500, 30, 5),
    TokenKind.USER: Budget(200, 20, 5),
}

INSTALLATION_PREFIX: Final = "rev_install_"
USER_PREFIX: Final = "rev_user_"
REFRESH_PREFIX: Final = "rev_refresh_"
CODE_PREFIX: Final = "rev_code_"
CLIENT_SECRET_PREFIX: Final = "rev_secret_"  # noqa: S105
SIGNING_PREFIX: Final = "whsec_"
