"""The doors through which operators act for somebody."""

from datetime import datetime, timedelta
from typing import Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.act_as import queries
from revento.identity.audit import actions as audit
from revento.identity.proofs import Operator
from revento.identity.users import queries as users
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail

HOURS: Final = (1, 4, 24)


async def consent(tx: Tx, user_id: UserId, *, hours: int, reason: str, now: datetime) -> None:
    """Lets the operators act for this person for one, four or 24 hours. Raises `INVALID_INPUT` for another time."""
    if hours not in HOURS:
        raise Refused(errors.INVALID_INPUT, field="hours")
    await queries.end_all(tx, user_id, now=now)
    id = ids.new("act_as")
    await queries.insert(tx, id, user_id=user_id, reason=reason, expires_at=now + timedelta(hours=hours), now=now)
    await audit.note(tx, user_id, "act_as.consented", user_id, now=now, hours=hours, reason=reason)


async def take_back(tx: Tx, user_id: UserId, *, now: datetime) -> None:
    """Ends the consent; whoever acts under it is herself again at her next click."""
    if await queries.end_all(tx, user_id, now=now):
        await audit.note(tx, user_id, "act_as.consent_ended", user_id, now=now)


async def begin(
    tx: Tx, operator: Operator, session_id: str, user_id: UserId, *, reason: str, base_url: str, now: datetime
) -> None:
    """Turns the operator's session into the person's and tells her by mail.

    Raises `ACT_AS_NEEDS_CONSENT` without a consent that holds now, `NOBODY_ACTS_FOR_OPERATORS`.
    """
    person, acting = await users.get(tx, user_id), await users.get(tx, operator.user_id)
    if person.is_operator:
        raise Refused(errors.NOBODY_ACTS_FOR_OPERATORS)
    found = await queries.find_live(tx, user_id, now=now)
    if found is None:
        raise Refused(errors.ACT_AS_NEEDS_CONSENT)
    await queries.set_session(tx, session_id, found.id)
    await audit.note(tx, operator.user_id, "act_as.begun", user_id, now=now, reason=reason, consent=found.id)
    await mail.write(
        tx,
        person.email,
        Say("Somebody acts for you on Revento"),
        Say("%(name)s, who operates Revento, now acts for you, as you allowed.", name=acting.name),
        Say("Reason: %(reason)s", reason=reason),
        Say("End it at any time: %(link)s", link=f"{base_url}/account/act-as"),
        hello=person.name,
        now=now,
    )


async def play(tx: Tx, user_id: UserId, session_id: str, persona: UserId, *, now: datetime) -> None:
    """Turns somebody's session into that of an invented person of the sandbox, for an hour.

    The caller has proved that the persona takes part in the sandbox of this somebody. Raises `FORBIDDEN` for real
    people and for operators.
    """
    person = await users.get(tx, persona)
    if not person.is_sandbox or person.is_operator:
        raise Refused(errors.FORBIDDEN)
    id = ids.new("act_as")
    reason = f"Played by {user_id}"
    await queries.insert(tx, id, user_id=persona, reason=reason, expires_at=now + timedelta(hours=1), now=now)
    await queries.set_session(tx, session_id, id)
    await audit.note(tx, user_id, "persona.played", persona, now=now)


async def stop(tx: Tx, operator_id: UserId, session_id: str, user_id: UserId, *, now: datetime) -> None:
    """Gives the session back to the operator."""
    await queries.set_session(tx, session_id, None)
    await audit.note(tx, operator_id, "act_as.ended", user_id, now=now)
