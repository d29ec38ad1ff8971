"""The read API's endpoints: path, scope, shape, filters (contract §4). Router, OpenAPI and docs are made from it."""

from enum import StrEnum
from typing import Final, get_args

import msgspec

from revento.contract import scopes
from revento.contract.scopes import Scope
from revento.contract.v1 import event, participant, person, program
from revento.contract.v1.wire import Wire

BASE: Final = "/api/v1"


class Takes(StrEnum):
    """What a filter's value looks like."""

    TIME = "a time such as 2026-07-10T14:00:00Z"
    DATE = "a date such as 2026-07-10"
    CHOICE = "one of the listed values"
    ID = "an id"


class Filter(msgspec.Struct, frozen=True):
    """A query parameter that narrows a list. `prefix` is that of an id, `choices` those of an enum."""

    name: str
    takes: Takes
    say: str
    choices: tuple[str, ...] = ()
    prefix: str = ""


class Endpoint(msgspec.Struct, frozen=True):
    """One row of the table. `path` is below `BASE`; `{…}` segments are ids; `people`: its rows are about persons."""

    name: str
    path: str
    scope: Scope
    shape: type[Wire]
    say: str
    is_list: bool = False
    people: bool = False
    filters: tuple[Filter, ...] = ()

    @property
    def template(self) -> str:
        """The whole path, as the request log names it."""
        return BASE + self.path


UPDATED_SINCE: Final = Filter(
    "updated_since", Takes.TIME, "Only what changed at or after this moment; write `+` as `%2B`."
)
_STATUS: Final = Filter(
    "application_status",
    Takes.CHOICE,
    "Only applications that stand so.",
    choices=get_args(participant.ApplicationStatus),
)
_ROLE: Final = Filter("role", Takes.CHOICE, "Only people of this role.", choices=get_args(participant.Role))
_THREAD: Final = Filter("thread_id", Takes.ID, "Only activities of this thread.", prefix="thr")
_LOCATION: Final = Filter("location_id", Takes.ID, "Only activities in this location.", prefix="loc")
_DAY: Final = Filter("day", Takes.DATE, "Only activities that start on this day of the event's time zone.")
_ACTIVITY_STATUS: Final = Filter(
    "status", Takes.CHOICE, "Only activities that stand so.", choices=get_args(program.ActivityStatus)
)

EVENT: Final = Endpoint(
    "get_event", "/events/{event_id}", scopes.EVENT_READ, event.Event, "The event, with the form fields it shares."
)
PARTICIPANTS: Final = Endpoint(
    "list_participants",
    "/events/{event_id}/participants",
    scopes.PARTICIPANTS_READ,
    participant.Participant,
    "Everybody with an application, whatever its status.",
    is_list=True,
    people=True,
    filters=(_STATUS, _ROLE, UPDATED_SINCE),
)
PARTICIPANT: Final = Endpoint(
    "get_participant",
    "/events/{event_id}/participants/{participant_id}",
    scopes.PARTICIPANTS_READ,
    participant.Participant,
    "One participant.",
    people=True,
)
PROGRAM: Final = Endpoint(
    "get_program",
    "/events/{event_id}/program",
    scopes.PROGRAM_READ,
    program.Program,
    "The whole program as one document, by day.",
)
ACTIVITIES: Final = Endpoint(
    "list_activities",
    "/events/{event_id}/activities",
    scopes.PROGRAM_READ,
    program.Activity,
    "Published activities.",
    is_list=True,
    filters=(_THREAD, _LOCATION, _DAY, _ACTIVITY_STATUS, UPDATED_SINCE),
)
ACTIVITY: Final = Endpoint(
    "get_activity",
    "/events/{event_id}/activities/{activity_id}",
    scopes.PROGRAM_READ,
    program.Activity,
    "One published activity.",
)
THREADS: Final = Endpoint(
    "list_threads",
    "/events/{event_id}/threads",
    scopes.PROGRAM_READ,
    program.Thread,
    "The tracks of the program.",
    is_list=True,
    filters=(UPDATED_SINCE,),
)
LOCATIONS: Final = Endpoint(
    "list_locations",
    "/events/{event_id}/locations",
    scopes.PROGRAM_READ,
    program.Location,
    "Venues, buildings, floors and rooms.",
    is_list=True,
    filters=(UPDATED_SINCE,),
)
WAVES: Final = Endpoint(
    "list_registration_waves",
    "/events/{event_id}/registration-waves",
    scopes.PROGRAM_READ,
    program.Wave,
    "When people of which role may apply.",
    is_list=True,
    filters=(UPDATED_SINCE,),
)
PROFILE: Final = Endpoint(
    "get_profile",
    "/me/profile",
    scopes.PROFILE_READ,
    person.Profile,
    "Name and e-mail address of the signed-in person.",
    people=True,
)
APPLICATION: Final = Endpoint(
    "get_application",
    "/me/application",
    scopes.EVENT_ATTENDANCE,
    participant.MyApplication,
    "The signed-in person's application for the token's event.",
    people=True,
)

ALL: Final = (
    EVENT,
    PARTICIPANTS,
    PARTICIPANT,
    PROGRAM,
    ACTIVITIES,
    ACTIVITY,
    THREADS,
    LOCATIONS,
    WAVES,
    PROFILE,
    APPLICATION,
)
BY_NAME: Final = {endpoint.name: endpoint for endpoint in ALL}
