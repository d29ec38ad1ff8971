"""Letters to applicants about a decision, once nobody can take it back any more."""

from typing import Final

from procrastinate import JobContext

from revento.events.applications import queries as applications
from revento.events.applications.models import Application
from revento.events.reviews import actions
from revento.events.reviews import queries as reviews
from revento.events.reviews.models import Review
from revento.identity.users import queries as users
from revento.kernel.ids import ApplicationId, EventId
from revento.kernel.jobs import queue
from revento.kernel.mail import actions as mail
from revento.workers.tools import tools_of

_WORDS: Final = {
    "approved": ("You are in", "your application was approved. Your place is confirmed."),
    "rejected": ("About your application", "your application was not accepted this time."),
    "revision_requested": ("Please look at your application again", "the organizers ask you to change something."),
}


@queue.app.task(name=actions.TELL_APPLICANT, pass_context=True)
async def tell_applicant(context: JobContext, event_id: str, id: str, review_id: str) -> None:
    """Writes the letter, unless the decision was undone or overtaken by another one."""
    tools = tools_of(context)
    event, application_id = EventId(event_id), ApplicationId(id)
    async with tools.db.tx() as tx:
        application = await applications.find(tx, event, application_id)
        review = await reviews.find_review(tx, event, application_id, review_id)
        if application is None or review is None or review.undone_at or application.last_reviewed_at != review.at:
            return
        user = await users.get(tx, application.user_id)
        if user.deleted_at is None:
            subject = f"{_WORDS[review.action][0]}: {application.event_title}"
            body = _letter(application, review, tools.settings.base_url)
            await mail.write(tx, user.email, subject, body, now=tools.clock.now())


def _letter(application: Application, review: Review, base_url: str) -> str:
    parts = [f"Hello {application.display_name},", _WORDS[review.action][1]]
    if review.note:
        parts.append(f"The organizers write:\n{review.note}")
    parts.append(f"Your application: {base_url}/events/{application.event_id}/application")
    return "\n\n".join(parts) + "\n"
