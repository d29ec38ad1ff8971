"""The doors through which an integration comes into the catalogue."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.contract.manifest import Manifest
from revento.identity.audit import actions as audit
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.catalogue.models import Developer, Registered
from revento.integrations.credentials import actions as credentials
from revento.integrations.credentials import queries as clients
from revento.integrations.manifests import actions as manifests
from revento.integrations.submissions import queries, rules
from revento.integrations.submissions.models import Facts, Submission
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, UserId
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail
from revento.kernel.secrets import Box


async def submit(
    tx: Tx, developer: Developer, manifest: Manifest, facts: Facts, *, base_url: str, now: datetime
) -> str:
    """Puts a production manifest in the review queue and tells the operators; the submission's id.

    What is published stays as it is meanwhile. Raises `WRONG_STATE` when one waits already, `INVALID_INPUT` with
    `fields` when something is missing.
    """
    integration = await catalogue.lock(tx, developer.integration_id)
    if reason := rules.why_not_submit(integration, has_open=await queries.has_open(tx, integration.id)):
        raise Refused(reason)
    if manifest.kind != integration.kind:
        raise Refused(errors.INVALID_INPUT, fields={"document": f"The kind stays what it was: {integration.kind}."})
    if wrong := rules.wrong(facts):
        raise Refused(errors.INVALID_INPUT, fields=wrong)
    version = await manifests.add_version(
        tx, integration.id, manifest, environment="production", by=developer.user_id, now=now
    )
    id = ids.new("sub")
    await queries.insert(tx, id, integration.id, version.id, facts, by=developer.user_id, now=now)
    if integration.state in ("draft", "sandbox"):
        await catalogue.set_state(tx, integration.id, "submitted", now=now)
    await _note(tx, developer.user_id, "submission.made", id, developer.integration_id, now=now)
    for email in await queries.list_operators(tx):
        who = manifest.publisher.display_name
        waits = Say("%(name)s by %(publisher)s waits for review:", name=manifest.name, publisher=who)
        subject = Say("To review: %(name)s", name=manifest.name)
        await mail.write(tx, email, subject, (waits, f"{base_url}/operator/submissions/{id}"), now=now)
    return id


async def withdraw(tx: Tx, developer: Developer, id: str, *, now: datetime) -> None:
    """Takes a submission back. Raises `WRONG_STATE` when it is decided already, `NOT_FOUND` when it is not theirs."""
    submission = await get_own(tx, developer, id)
    await _decide(tx, submission, "withdrawn", by=developer.user_id, now=now)
    await _back_to_sandbox(tx, submission, now=now)


async def get_own(tx: Tx, developer: Developer, id: str) -> Submission:
    """A submission of the developer's integration. Raises `NOT_FOUND`."""
    submission = await queries.find(tx, id)
    if submission is None or submission.integration_id != developer.integration_id:
        raise Refused(errors.NOT_FOUND)
    return submission


async def comment(tx: Tx, author: UserId, submission: Submission, text: str, request: str, *, now: datetime) -> None:
    """Adds a remark, with a request that shows the finding again when there is one."""
    await queries.insert_comment(
        tx, ids.new("com"), submission.id, author_id=author, text=text, request=request, now=now
    )
    await _note(tx, author, "submission.commented", submission.id, submission.integration_id, now=now)


async def answer(tx: Tx, developer: Developer, id: str, text: str, *, base_url: str, now: datetime) -> None:
    """Adds what the team answers and tells the operators. Raises `NOT_FOUND` when the submission is not theirs."""
    submission = await get_own(tx, developer, id)
    await comment(tx, developer.user_id, submission, text, "", now=now)
    known = {"name": submission.integration_name}
    subject, wrote = (
        Say("Answer about %(name)s", **known),
        Say("the team of %(name)s writes about its submission:", **known),
    )
    for email in await queries.list_operators(tx):
        await mail.write(tx, email, subject, wrote, text, f"{base_url}/operator/submissions/{id}", now=now)


async def open_production(tx: Tx, developer: Developer, *, box: Box, now: datetime) -> Registered:
    """Makes the production credentials that an approval allows. The secrets are seen here and never again.

    Raises `WRONG_STATE` before an approval and when they exist already.
    """
    integration = await catalogue.lock(tx, developer.integration_id)
    approved = [each for each in await queries.list_by_integration(tx, integration.id) if each.state == "approved"]
    known = {each.environment for each in await clients.list_clients(tx, integration.id)}
    if not approved or integration.state != "approved" or "production" in known:
        raise Refused(errors.WRONG_STATE)
    client = ClientId(ids.new("cli"))
    secret = await credentials.open_client(
        tx,
        client,
        integration_id=integration.id,
        manifest_id=approved[0].manifest_id,
        environment="production",
        now=now,
    )
    webhook_secret = None
    if approved[0].manifest.declared_webhook_event_types:
        webhook_secret = await credentials.issue_signing(tx, box, client, now=now)
    await _note(tx, developer.user_id, "client.opened", client, integration.id, now=now, environment="production")
    return Registered(integration.id, client, secret, webhook_secret)


async def publish(tx: Tx, developer: Developer, *, now: datetime) -> None:
    """Puts an approved integration with production credentials into the catalogue. Raises `WRONG_STATE`."""
    integration = await catalogue.lock(tx, developer.integration_id)
    known = {each.environment for each in await clients.list_clients(tx, integration.id)}
    if integration.state != "approved" or "production" not in known:
        raise Refused(errors.WRONG_STATE)
    await catalogue.set_state(tx, integration.id, "published", now=now)
    await _note(tx, developer.user_id, "integration.published", integration.id, integration.id, now=now)


async def _decide(tx: Tx, submission: Submission, state: str, *, by: UserId, now: datetime) -> None:
    if not await queries.decide(tx, submission.id, state, by=by, now=now):
        raise Refused(errors.WRONG_STATE)
    await _note(tx, by, f"submission.{state}", submission.id, submission.integration_id, now=now)


async def _back_to_sandbox(tx: Tx, submission: Submission, *, now: datetime) -> None:
    integration = await catalogue.get(tx, submission.integration_id)
    if integration.state == "submitted":
        await catalogue.set_state(tx, integration.id, "sandbox", now=now)


async def _note(
    tx: Tx, by: str, action: str, subject: str, integration_id: str, *, now: datetime, **detail: str
) -> None:
    await audit.note(tx, by, action, subject, integration_id=integration_id, now=now, **detail)
