"""A season of applications: the form, the waves, people who apply, and what reviewers decide."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from revento.events.applications import actions as applications
from revento.events.applications.models import Application, Status
from revento.events.forms import actions as forms
from revento.events.forms.models import FormField
from revento.events.participants import actions as participants
from revento.events.program import queries as activities
from revento.events.reviews import actions as reviews
from revento.events.signups import actions as seats
from revento.events.waves import actions as waves
from revento.identity import proofs
from revento.identity.proofs import Organizer, Reviewer
from revento.kernel import ids
from revento.kernel.ids import ApplicationId, ParticipantId, UserId, WaveId
from revento.sandbox import cast
from revento.sandbox.models import Person, Question
from revento.sandbox.stage import Scene

BEFORE: Final = 70  # days before the event (or before today) on which its making began
PER_EVENT: Final = 40
_SMALL: Final = 8  # the smallest activities: people sign up for these
# How the season goes: of 40 who apply, in the order in which they do.
_FATES: Final = (
    *(Status.APPROVED,) * 20,
    *(Status.PENDING,) * 9,
    *(Status.REVISION_REQUESTED,) * 4,
    *(Status.REJECTED,) * 4,
    *(Status.WITHDRAWN,) * 3,
)
_ROLES: Final = ("participant",) * 24 + ("host",) * 10 + ("volunteer",) * 6
_LATER_ROLES: Final = ("staff", "guest")  # roles that organizers give, not applied for


class Wave(msgspec.Struct, frozen=True):
    """A registration wave, in days from the opening of the convention (or from today, when it is long past)."""

    key: str
    title: str
    role: str
    opens: int
    closes: int
    capacity: int | None


_WAVES: Final = (
    Wave("early", "Early birds", "participant", -60, -30, 60),
    Wave("main", "Main registration", "participant", -30, 9, 120),
    Wave("late", "Last places", "participant", 10, 18, 40),
    Wave("hosts", "Hosts and speakers", "host", -60, 4, 30),
    Wave("volunteers", "Volunteers", "volunteer", -50, 12, None),
)


async def registration(scene: Scene, organizer: Organizer) -> None:
    """The form and the waves: some over, some open, one to come. Of a convention that is over all are over."""
    for position, question in enumerate(scene.convention.questions):
        await forms.put_field(scene.tx, organizer, _field(scene, question, position), now=scene.planned_at)
    from_day = anchor(scene)
    for wave in _WAVES:
        await waves.put_wave(
            scene.tx,
            organizer,
            id=WaveId(scene.id("wav", wave.key)),
            title=wave.title,
            role=wave.role,
            opens_at=from_day + timedelta(days=wave.opens),
            closes_at=from_day + timedelta(days=wave.closes),
            capacity=wave.capacity,
            now=scene.planned_at,
        )


def anchor(scene: Scene) -> datetime:
    """The day from which waves count: today at midnight, or the opening of what is over."""
    today = scene.now.replace(hour=0, minute=0, second=0, microsecond=0)
    over = scene.first + timedelta(days=scene.convention.days) < scene.now
    return scene.first - timedelta(days=20) if over else today


def _field(scene: Scene, question: Question, position: int) -> FormField:
    return FormField(
        scene.event_id,
        question.key,
        question.label,
        question.type,
        question.required,
        list(question.options),
        question.help_text,
        question.is_shared,
        position,
    )


async def applicants(scene: Scene, organizer: Organizer, people: dict[str, UserId]) -> list[tuple[ParticipantId, str]]:
    """Forty people apply and are decided about; those who may hold something, as id and name."""
    everybody = cast.participants()
    chosen = [everybody[0], *scene.dice.sample(everybody[1:], PER_EVENT - 1)]
    fates = [Status.APPROVED, *scene.dice.sample(_FATES[1:], len(_FATES) - 1)]
    roles = ["participant", *scene.dice.sample(_ROLES[1:], len(_ROLES) - 1)]
    reviewer = await proofs.as_reviewer(scene.tx, organizer.user_id, scene.event_id)
    hosts: list[tuple[ParticipantId, str]] = []
    for number, (person, fate, role) in enumerate(zip(chosen, fates, roles, strict=True)):
        at = anchor(scene) - timedelta(days=29) + timedelta(hours=16 * number, minutes=scene.dice.randint(0, 600))
        application = await _apply(scene, person, people[person.email], role, at)
        await _decide(scene, reviewer, application, fate, at + timedelta(hours=scene.dice.randint(5, 60)))
        if fate is Status.APPROVED:
            hosts.append((application.participant_id, person.name))
    for (participant_id, _), role in zip(hosts[-2:], _LATER_ROLES, strict=True):
        await participants.change_role(scene.tx, organizer, participant_id, role, now=scene.now)
    return hosts


async def _apply(scene: Scene, person: Person, user_id: UserId, role: str, at: datetime) -> Application:
    return await applications.apply(
        scene.tx,
        user_id,
        scene.event_id,
        applications.Request(role, person.name, _answers(scene)),
        id=ApplicationId(scene.id("app", person.email)),
        participant_id=ParticipantId(scene.id("ptp", person.email)),
        now=min(at, scene.now - timedelta(minutes=30)),
    )


async def signups(scene: Scene, hosts: list[tuple[ParticipantId, str]]) -> None:
    """Those who were approved take places in what has few, so that some activities are full and have a waitlist."""
    of_name = {person.name: person for person in cast.participants()}
    users = [UserId(ids.named("usr", of_name[name].email)) for _, name in hosts]
    small = [
        each
        for each in await activities.list_activities(scene.tx, scene.event_id)
        if each.capacity and each.min_age == "age_all" and each.status == "scheduled" and each.starts_at > scene.now
    ]
    for activity in sorted(small, key=lambda each: (each.capacity or 0, each.id))[:_SMALL]:
        for user_id in scene.dice.sample(users, scene.dice.randint(3, len(users))):
            await seats.sign_up(scene.tx, user_id, scene.event_id, activity.id, now=scene.now)


def _answers(scene: Scene) -> dict[str, Any]:
    dice = scene.dice
    name, kin = dice.choice(cast.NAMES), dice.choice(cast.CONTACTS)
    said: dict[str, Any] = {
        "dietary_notes": dice.choice(cast.DIETS),
        "t_shirt_size": dice.choice(cast.SHIRTS),
        "first_time": dice.random() < 0.3,
        "emergency_contact": f"{name} ({kin}), +49 30 5550 {dice.randint(100, 999)}",
        "about_you": dice.choice(cast.OFFERS),
        "arrives_on": (scene.first - timedelta(days=dice.choice((0, 0, 1)))).date().isoformat(),
    }
    for question in scene.convention.questions:
        if question.key not in said and question.options:
            said[question.key] = (
                dice.sample(question.options, 2) if question.type == "multi_choice" else dice.choice(question.options)
            )
    return said


async def _decide(scene: Scene, reviewer: Reviewer, application: Application, fate: Status, at: datetime) -> None:
    tx, id, now = scene.tx, application.id, min(at, scene.now - timedelta(minutes=10))
    if fate is Status.APPROVED:
        await reviews.approve(tx, reviewer, id, now=now)
    elif fate is Status.REJECTED:
        await reviews.reject(tx, reviewer, id, note=scene.dice.choice(cast.REJECTION_NOTES), now=now)
    elif fate is Status.REVISION_REQUESTED:
        note, field = scene.dice.choice(cast.REVISION_NOTES)
        await reviews.ask_revision(tx, reviewer, id, note=note, fields=[field], now=now)
    elif fate is Status.WITHDRAWN:
        await applications.withdraw(tx, application.user_id, scene.event_id, id, now=now)
