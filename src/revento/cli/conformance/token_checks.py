"""Tokens: expiry, refresh, races, ends, limits (contract §2, §5)."""

import asyncio
from itertools import pairwise
from typing import Final

from revento.cli.conformance.browser import Answer
from revento.cli.conformance.kit import Kit
from revento.cli.conformance.models import Check, Outcome, advised, failed, passed, unseen, verdict
from revento.contract.headers import MEDIA_TYPE_V1

REFRESH: Final = "/guide/refresh-tokens"
LIMITS: Final = "/guide/rate-limits"
API: Final = "/guide/api"
_RACERS: Final = 5
_RETRY_AFTER_S: Final = 2
_TOO_SOON_S: Final = 0.08
_MOST_TRIES: Final = 5
_NO_REFRESH: Final = "it does not refresh: see token.expired"


def _worked(answer: Answer) -> bool:
    return 0 < answer.status < 400


async def _headers(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    before = len(kit.provider.calls)
    answer = await kit.read()
    calls = kit.provider.calls[before:]
    if not calls:
        return unseen(f"{kit.target.read} answered {answer} and read nothing")
    if any("access_token" in call.query for call in calls):
        return failed("a read", "the access token stands in an address, where logs keep it")
    if any(call.headers.get("Accept") != MEDIA_TYPE_V1 for call in calls):
        return advised("a read", f"no Accept: {MEDIA_TYPE_V1}; without, a new default version reaches you unasked")
    if any("X-Revento-Request-Id" not in call.headers for call in calls):
        return advised("a read", "no X-Revento-Request-Id; with it support finds your request")
    return passed("a read", "the token in the header only, version and request id named")


async def _expired(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    kit.provider.expired = True
    spent, before = kit.provider.refresh_token, len(kit.provider.refreshes)
    answer = await kit.read()
    tokens = kit.provider.refreshes[before:]
    sent = "401 token_expired to a read"
    if not tokens:
        return failed(sent, f"{answer}; it did not refresh")
    if tokens != [spent]:
        return failed(sent, f"{answer}; it presented {len(tokens)} refresh tokens, expected the stored one once")
    return verdict(_worked(answer), sent, f"{answer}; it refreshed once and read again")


async def _rotated(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    sent, before = "two expiries, one after the other", len(kit.provider.refreshes)
    for _ in range(2):
        kit.provider.expired = True
        await kit.read()
    used = kit.provider.refreshes[before:]
    if not used:
        return unseen(_NO_REFRESH)
    if len(set(used)) < 2:
        return failed(
            sent, "the second refresh presented the spent token: a rotated one must be stored before it is used"
        )
    return passed(sent, "each refresh presented the newest token")


async def _race(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    kit.provider.expired = True
    before = len(kit.provider.refreshes)
    answers = await asyncio.gather(*(kit.read() for _ in range(_RACERS)))
    spent = kit.provider.refreshes[before:]
    sent, got = f"{_RACERS} reads at once on an expired token", ", ".join(str(answer) for answer in answers)
    if not spent:
        return unseen(_NO_REFRESH)
    if len(spent) > len(set(spent)):
        return failed(sent, f"{got}; one refresh token was presented {len(spent)} times: serialise refreshing")
    return verdict(all(_worked(answer) for answer in answers), sent, f"{got}; refreshed {len(spent)} time(s)")


async def _lost(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    kit.provider.expired, kit.provider.lost = True, 1
    before = len(kit.provider.refreshes)
    first = await kit.read()
    if len(kit.provider.refreshes) == before:
        return unseen(_NO_REFRESH)
    again = first if _worked(first) else await kit.read()
    sent = "the answer to a refresh is lost on its way"
    return verdict(_worked(again), sent, f"{first}, then {again}")


async def _limited(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    kit.provider.limits = [(_RETRY_AFTER_S, "minute")]
    before = len(kit.provider.calls)
    answer = await kit.read()
    waits = _waits(kit, before)
    sent = f"429 rate_limit_exceeded with Retry-After: {_RETRY_AFTER_S}"
    if not waits:
        kit.provider.limits = []
        return verdict(answer.status > 0, sent, f"{answer}; it did not ask again by itself")
    waited = waits[0]
    return verdict(waited >= _RETRY_AFTER_S - 0.1, sent, f"{answer}; asked again after {waited:.1f} s")


async def _crowded(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    kit.provider.limits = [(0, None)] * 2
    before = len(kit.provider.calls)
    answer = await kit.read()
    waits = _waits(kit, before)
    kit.provider.limits = []
    sent = "429 concurrent_limit_exceeded, which has no Retry-After, twice"
    if waits and min(waits[:2]) < _TOO_SOON_S:
        return advised(sent, f"{answer}; asked again after {min(waits[:2]):.2f} s; wait a little, and longer each time")
    return passed(sent, f"{answer}; {'it waited before asking again' if waits else 'it did not ask again'}")


def _waits(kit: Kit, before: int) -> list[float]:
    """Seconds between the calls of the API since `before`."""
    return [later.at - earlier.at for earlier, later in pairwise(kit.provider.calls[before:])]


async def _revoked(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    kit.provider.revoked = True
    refreshes, before = len(kit.provider.refreshes), len(kit.provider.calls)
    answer = await kit.read()
    asked = len(kit.provider.calls) - before
    sent = "401 token_revoked to a read"
    if len(kit.provider.refreshes) > refreshes:
        return failed(sent, f"{answer}; it refreshed: token_revoked is final, only new consent helps")
    if asked > _MOST_TRIES:
        return failed(sent, f"{answer}; it asked {asked} times with a dead token")
    return verdict(not _worked(answer) or asked > 0, sent, f"{answer}; it stopped asking")


async def _permanent(kit: Kit) -> Outcome:
    if why := await kit.why_unread():
        return unseen(why)
    kit.provider.expired = kit.provider.over = True
    before = len(kit.provider.refreshes)
    answers = [await kit.read(), await kit.read()]
    tries = len(kit.provider.refreshes) - before
    sent, got = "400 invalid_grant to a refresh, then another read", f"{answers[0]}, then {answers[1]}"
    if tries == 0:
        return unseen(_NO_REFRESH)
    if tries > 2:
        return failed(sent, f"{got}; it presented the dead refresh token {tries} times: invalid_grant is permanent")
    if any(_worked(answer) for answer in answers):
        return failed(sent, f"{got}; it looks as if all were well, nobody is told to connect again")
    if tries > 1:
        return advised(sent, f"{got}; it tried again on the next read; forget the refresh token after invalid_grant")
    return passed(sent, f"{got}; it stopped and asks to connect again")


_STORE: Final = "A refresh token counts once. Losing the rotated one means asking the organizer for consent again."

CHECKS: Final = (
    Check(
        "api.headers",
        "asks as the contract wants",
        "Tokens in addresses leak; unnamed versions surprise.",
        API,
        _headers,
    ),
    Check("token.expired", "refreshes an expired token and reads on", "Access tokens live an hour.", REFRESH, _expired),
    Check("token.rotated", "keeps the rotated refresh token", _STORE, REFRESH, _rotated),
    Check("token.race", "refreshes once when several need it", _STORE, REFRESH, _race),
    Check(
        "token.lost_answer",
        "survives a lost answer to a refresh",
        "The same pair is given again until it is used.",
        REFRESH,
        _lost,
    ),
    Check(
        "limit.retry_after",
        "waits as long as Retry-After says",
        "Repeated 429s can lead to suspension.",
        LIMITS,
        _limited,
    ),
    Check(
        "limit.concurrent",
        "slows down when too many run at once",
        "Five requests of a token at a time.",
        LIMITS,
        _crowded,
    ),
    Check(
        "token.revoked",
        "tells token_revoked from token_expired",
        "The connection is over: stop, and delete what you must.",
        REFRESH,
        _revoked,
    ),
    Check("token.invalid_grant", "takes invalid_grant as permanent", "Trying again never helps.", REFRESH, _permanent),
)
