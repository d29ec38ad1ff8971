"""The review queue: what is asked with which risk, the evidence, what changed, the decision."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.proofs import Operator
from revento.integrations.conformance import actions as conformance
from revento.integrations.credentials import queries as clients
from revento.integrations.examinations import actions as examining
from revento.integrations.examinations import queries as examinations
from revento.integrations.manifests import queries as manifests
from revento.integrations.manifests import rules as manifest_rules
from revento.integrations.submissions import queries, reviews, rules
from revento.integrations.submissions.models import Line, Submission
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.operator.desk import PAGE, AnyRequest, Desk, before, show, typed
from revento.web.shared import forms
from revento.web.shared.edge import Services
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import look
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

Text = Annotated[str, msgspec.Meta(max_length=4000)]
DECIDED: Final = ("changes_requested", "approved", "withdrawn")
OLDEST: Final = (datetime(1970, 1, 1, tzinfo=UTC), "")


class Decision(msgspec.Struct):
    """What the reviewer says, with a request that shows the finding again."""

    decision: Literal["approve", "changes", "remark"]
    text: Text = ""
    request: Text = ""


@get("/submissions")
async def submissions_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """The queue, the longest waiting first; or what was decided, the newest first."""
    state, kind = typed(request, "state"), typed(request, "kind")
    asked = {
        "q": typed(request, "q"),
        "state": state if state in DECIDED else None,
        "kind": kind if kind in ("new", "update") else None,
    }
    rows = await _lines(tx, asked, typed(request, "cursor"))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    at = (last.decided_at or last.submitted_at).isoformat() if last else ""
    named = {**asked, "cursor": f"{at}~{last.id}"} if last else {}
    return show(
        "submissions.html",
        desk,
        part="submissions_rows.html",
        rows=[(row, _worst(row.scopes)) for row in rows[:PAGE]],
        older=f"?{urlencode({key: value for key, value in named.items() if value})}" if named else None,
        asked=asked,
        filtered=any(asked.values()),
        states=[(each, look(each).words) for each in DECIDED],
    )


async def _lines(tx: Tx, asked: dict[str, str | None], cursor: str | None) -> list[Line]:
    is_update = asked["kind"] == "update" if asked["kind"] else None
    if asked["state"] is None:
        place = before(cursor) if cursor else OLDEST
        return await queries.page_waiting(tx, place, search=asked["q"], is_update=is_update, limit=PAGE + 1)
    return await queries.page_decided(
        tx, before(cursor), state=asked["state"], search=asked["q"], is_update=is_update, limit=PAGE + 1
    )


def _worst(scopes: list[str]) -> str:
    """The highest risk among these scopes."""
    return next((risk for risk in ("high", "medium") if any(rules.RISKS.get(each) == risk for each in scopes)), "low")


@get("/submissions/{submission_id:str}")
async def submission_page(tx: Given[Tx], desk: Given[Desk], submission_id: FromPath[str]) -> Response[str]:
    """One submission with everything to decide by."""
    return await _page(tx, desk, await _find(tx, submission_id), Form())


async def _find(tx: Tx, id: str) -> Submission:
    found = await queries.find(tx, id)
    if found is None:
        raise Refused(errors.NOT_FOUND)
    return found


async def _page(
    tx: Tx, desk: Desk, submission: Submission, form: Form[Decision], *, status: int = 200
) -> Response[str]:
    current = await manifests.find_current(tx, submission.integration_id, "production")
    earlier = await _earlier(tx, submission)
    kept, items = await conformance.checklist(tx, submission.integration_id)
    return show(
        "submission.html",
        desk,
        status,
        submission=submission,
        asked=rules.asked(submission.manifest),
        current=current,
        is_in_force=current is not None and current.id == submission.manifest_id,
        comparison=manifest_rules.compare(current.document, submission.manifest) if current else None,
        earlier=earlier,
        resubmitted=manifest_rules.compare(earlier.manifest, submission.manifest) if earlier else None,
        kept=kept,
        items=items,
        seen=await examinations.list_by_integration(tx, submission.integration_id),
        comments=await queries.list_comments(tx, submission.id),
        document=msgspec.json.format(msgspec.json.encode(submission.manifest), indent=2).decode(),
        form=form,
    )


async def _earlier(tx: Tx, submission: Submission) -> Submission | None:
    """What the team submitted before this."""
    known = await queries.list_by_integration(tx, submission.integration_id)
    return next((each for each in known if each.version < submission.version), None)


@post("/submissions/{submission_id:str}/live-test", status_code=303)
async def live_test(
    tx: Given[Tx], operator: Given[Operator], clock: Given[Clock], submission_id: FromPath[str]
) -> Response[Any]:
    """Send a forged and a stale message to the endpoint; what it answers shows on the page."""
    submission = await _find(tx, submission_id)
    known = await clients.list_clients(tx, submission.integration_id)
    try:
        await examining.begin(tx, operator, known[-1].id, now=clock.now())
    except Refused as refused:
        return go(f"/operator/submissions/{submission.id}", Flash(gettext(refused.say), "bad"))
    said = gettext("Under way. What the endpoint answers shows under Evidence in a few seconds.")
    return go(f"/operator/submissions/{submission.id}", Flash(said))


@post("/submissions/{submission_id:str}/decide", status_code=303)
async def decide(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    operator: Given[Operator],
    clock: Given[Clock],
    provided: Given[Services],
    submission_id: FromPath[str],
) -> Response[Any]:
    """Approve, ask for changes, or only remark."""
    submission = await _find(tx, submission_id)
    form = await forms.read(request, Decision)
    if "decision" in form.errors:
        form.refuse("decision", gettext("Choose what you decide."))
    if form.got is not None and form.got.decision != "approve" and not form.got.text:
        form.refuse("text", gettext("Say what you found."))
    if form.got is None:
        return await _page(tx, desk, submission, form, status=422)
    got, now, where = form.got, clock.now(), provided.settings.base_url
    try:
        if got.decision == "approve":
            await reviews.approve(tx, operator, submission.id, got.text, box=provided.box, base_url=where, now=now)
        elif got.decision == "changes":
            await reviews.ask_for_changes(tx, operator, submission.id, got.text, got.request, base_url=where, now=now)
        else:
            await reviews.remark(tx, operator, submission.id, got.text, got.request, base_url=where, now=now)
    except Refused as refused:
        return go(f"/operator/submissions/{submission.id}", Flash(gettext(refused.say), "bad"))
    return go(f"/operator/submissions/{submission.id}", Flash(gettext("Done. The team is told.")))


HANDLERS: Final = (submissions_page, submission_page, live_test, decide)
