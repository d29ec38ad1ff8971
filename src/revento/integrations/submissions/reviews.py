"""The operator's decisions about submissions."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.identity.proofs import Operator
from revento.integrations.catalogue import actions as integrations
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.credentials import queries as clients
from revento.integrations.submissions import queries
from revento.integrations.submissions.actions import comment
from revento.integrations.submissions.models import Submission
from revento.integrations.teams import actions as teams
from revento.kernel.db import Tx
from revento.kernel.language import Say
from revento.kernel.secrets import Box


async def ask_for_changes(
    tx: Tx, operator: Operator, id: str, text: str, request: str, *, base_url: str, now: datetime
) -> None:
    """Sends a submission back with what has to change. What is published stays. Raises `WRONG_STATE` when decided."""
    submission = await _decide(tx, operator, id, "changes_requested", now=now)
    await comment(tx, operator.user_id, submission, text, request, now=now)
    integration = await catalogue.get(tx, submission.integration_id)
    if integration.state == "submitted":
        await catalogue.set_state(tx, integration.id, "sandbox", now=now)
    asks = Say("the reviewer asks you to change something in %(name)s:", name=submission.integration_name)
    subject = Say("Please change something in %(name)s", name=integration.name)
    await _write(tx, submission, subject, asks, text, request, base_url=base_url, now=now)


async def remark(tx: Tx, operator: Operator, id: str, text: str, request: str, *, base_url: str, now: datetime) -> None:
    """Says something about a submission to its team and decides nothing. Raises `NOT_FOUND`."""
    submission = await queries.find(tx, id)
    if submission is None:
        raise Refused(errors.NOT_FOUND)
    await comment(tx, operator.user_id, submission, text, request, now=now)
    wrote = Say("the reviewer writes about %(name)s:", name=submission.integration_name)
    subject = Say("A remark about %(name)s", name=submission.integration_name)
    await _write(tx, submission, subject, wrote, text, request, base_url=base_url, now=now)


async def approve(tx: Tx, operator: Operator, id: str, text: str, *, box: Box, base_url: str, now: datetime) -> None:
    """Approves a submission: an update is in force at once, a new integration may make its production credentials.

    Raises `WRONG_STATE` when decided already.
    """
    submission = await _decide(tx, operator, id, "approved", now=now)
    if text:
        await comment(tx, operator.user_id, submission, text, "", now=now)
    await queries.set_listing(
        tx,
        submission.integration_id,
        marketing_copy=submission.marketing_copy,
        screenshots=submission.screenshots,
        now=now,
    )
    known = {each.environment: each for each in await clients.list_clients(tx, submission.integration_id)}
    if production := known.get("production"):
        await integrations.put_in_force(tx, operator.user_id, production, submission.manifest_id, box=box, now=now)
        say = Say(
            "version %(version)s of %(name)s was approved and is in force.",
            version=submission.version,
            name=submission.integration_name,
        )
    else:
        await catalogue.set_state(tx, submission.integration_id, "approved", now=now)
        say = Say(
            "%(name)s was approved. Make your production credentials and publish it.", name=submission.integration_name
        )
    subject = Say("%(name)s was approved", name=submission.integration_name)
    await teams.write(tx, submission.integration_id, subject, say, text, _where(base_url, submission), now=now)


async def _decide(tx: Tx, operator: Operator, id: str, state: str, *, now: datetime) -> Submission:
    submission = await queries.find(tx, id)
    if submission is None:
        raise Refused(errors.NOT_FOUND)
    if not await queries.decide(tx, id, state, by=operator.user_id, now=now):
        raise Refused(errors.WRONG_STATE)
    await audit.note(tx, operator.user_id, f"submission.{state}", id, integration_id=submission.integration_id, now=now)
    return submission


async def _write(
    tx: Tx, submission: Submission, subject: Say, wrote: Say, text: str, request: str, *, base_url: str, now: datetime
) -> None:
    shown = (Say("This request shows it:"), request) if request else ""
    await teams.write(tx, submission.integration_id, subject, wrote, text, shown, _where(base_url, submission), now=now)


def _where(base_url: str, submission: Submission) -> str:
    return f"{base_url}/developer/integrations/{submission.integration_id}/submission"
