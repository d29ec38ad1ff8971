"""A large program and a long list of people: brought in, brought in again, and once more with changes.

Each is the command itself, as a process beside a running `revento up`, on free ports and in a data directory that is
thrown away.
"""

import json
import os
from pathlib import Path

from bench.tools.newcomers import newcomer, timed, up

ROWS = int(os.environ.get("BENCH_ROWS", "10000"))
ROOMS, STARTS = 25, 40  # in a day; every room is used at every start
CHANGED = 10  # every tenth


def main() -> None:
    """Prints seconds for each."""
    with newcomer() as environ, up(environ):
        folder = Path(environ["REVENTO_DATA_DIR"])
        sheet = json.loads((folder / "sandbox.json").read_text())
        event, file, table = sheet["events"][0]["id"], folder / "large.json", folder / "people.csv"
        file.write_bytes(_schedule(ROWS))
        _say("schedule, new", timed(environ, "import", "schedule", str(file), "--event", event))
        _say("schedule, the same again", timed(environ, "import", "schedule", str(file), "--event", event))
        file.write_bytes(_schedule(ROWS, changed=CHANGED))
        _say("schedule, every 10th changed", timed(environ, "import", "schedule", str(file), "--event", event))
        table.write_text(_people(ROWS))
        _say("participants, new", timed(environ, "import", "participants", str(table), "--event", event, "--yes"))
        _say("participants, the same again", timed(environ, "import", "participants", str(table), "--event", event))


def _say(what: str, took: float) -> None:
    print(f"{what:<30} {ROWS:>7,} {took:6.2f} s {ROWS / took:>8,.0f} a second")


def _people(count: int) -> str:
    """A table of people with a role, a status and two answers to the sandbox's form."""
    rows = [
        f"Person {each},person-{each}@example.test,participant,{'approved' if each % 3 else 'pending'},M,vegan"
        for each in range(count)
    ]
    return "\n".join(["Name,E-mail,Role,Status,t_shirt_size,dietary_notes", *rows]) + "\n"


def _schedule(count: int, *, changed: int = 0) -> bytes:
    """A frab file with as many sessions, each in a room and at a time of its own; every so many have another title."""
    per_day = ROOMS * STARTS
    days = []
    for day in range(-(-count // per_day)):
        rooms: dict[str, list[dict[str, object]]] = {}
        for number in range(day * per_day, min(count, (day + 1) * per_day)):
            at = number % STARTS * 20
            rooms.setdefault(f"Room {number // STARTS % ROOMS}", []).append(
                {
                    "id": number,
                    "guid": f"session-{number}",
                    "title": f"Session {number}{' anew' if changed and number % changed == 0 else ''}",
                    "abstract": "What happens here is told in a sentence or two, as in most programs. " * 3,
                    "start": f"{8 + at // 60:02}:{at % 60:02}",
                    "duration": "00:20",
                    "track": f"Track {number % 12}",
                    "language": "en",
                    "persons": [{"public_name": f"Speaker {number % 900}"}],
                }
            )
        days.append({"index": day + 1, "date": f"2027-06-{day + 1:02}", "rooms": rooms})
    conference = {"acronym": "large", "title": "Large", "time_zone_name": "Europe/Berlin", "days": days}
    return json.dumps({"schedule": {"version": "1", "conference": conference}}).encode()
