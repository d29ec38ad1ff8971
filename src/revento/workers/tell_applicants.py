"""Letters to applicants about a decision, once nobody can take it back any more."""

from typing import Final

from procrastinate import JobContext

from revento.events.applications import queries as applications
from revento.events.reviews import actions
from revento.events.reviews import queries as reviews
from revento.identity.users import queries as users
from revento.kernel.ids import ApplicationId, EventId
from revento.kernel.jobs import queue
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail
from revento.workers.tools import tools_of

_SUBJECTS: Final = {
    "approved": Say("You are in"),
    "rejected": Say("About your application"),
    "revision_requested": Say("Please look at your application again"),
}
_WORDS: Final = {
    "approved": Say("your application was approved. Your place is confirmed."),
    "rejected": Say("your application was not accepted this time."),
    "revision_requested": Say("the organizers ask you to change something and send it again. Your place is kept."),
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
            await mail.write(
                tx,
                user.email,
                Say("%(what)s: %(event)s", what=_SUBJECTS[review.action], event=application.event_title),
                _WORDS[review.action],
                (Say("The organizers write:"), review.note) if review.note else "",
                Say(
                    "Your application: %(link)s",
                    link=f"{tools.settings.base_url}/events/{application.event_id}/application",
                ),
                hello=application.display_name,
                now=tools.clock.now(),
            )
