"""Decisions about redeeming codes."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from revento.contract import limits
from revento.kernel.ids import ClientId
from revento.oauth import pkce
from revento.oauth.codes.models import Code

LIFE: Final = timedelta(seconds=limits.CODE_S)


class Verdict(Enum):
    """What becomes of a presented code."""

    REDEEM = auto()
    REFUSE = auto()
    BURN = auto()
    END_FAMILY = auto()


def judge(code: Code, client_id: ClientId, redirect_uri: str, verifier: str, *, now: datetime) -> Verdict:
    """Whether a code may be redeemed (checklist 19–24).

    Only a replay that is itself fully valid ends what the code bought, so that a finder of a code cannot cut its owner
    off; the losers of a race are refused and end nothing.
    """
    if code.client_id != client_id or code.redirect_uri != redirect_uri:
        return Verdict.REFUSE
    proven = pkce.proves(verifier, code.code_challenge)
    if code.redeemed_at is not None:
        return Verdict.END_FAMILY if proven and not code.raced else Verdict.REFUSE
    if code.burnt_at is not None:
        return Verdict.REFUSE
    if not proven:
        return Verdict.BURN
    return Verdict.REFUSE if code.expires_at <= now or code.is_over else Verdict.REDEEM
