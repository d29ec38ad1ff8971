"""Version 1: one file per resource; each function reads and says what it found."""

from typing import Final

from revento.web.api.call import Reads
from revento.web.api.v1 import event, me, participants, program

# Endpoint name -> what answers it; a house test holds this against the table.
READS: Final[dict[str, Reads]] = {
    "get_event": event.get_event,
    "list_participants": participants.list_participants,
    "get_participant": participants.get_participant,
    "get_program": program.get_program,
    "list_activities": program.list_activities,
    "get_activity": program.get_activity,
    "list_threads": program.list_threads,
    "list_locations": program.list_locations,
    "list_registration_waves": program.list_registration_waves,
    "get_profile": me.get_profile,
    "get_application": me.get_application,
}
