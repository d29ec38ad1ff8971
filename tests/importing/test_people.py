"""A table of people comes in: shown first, each odd row named by its line, all of it or nothing."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from revento.contract.errors import Refused
from revento.events.forms.models import FormField
from revento.events.people import rules
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.ids import EventId
from tests.cli.conftest import Command, Said, revento  # noqa: F401 (fixture)
from tests.importing import world


def question(position: int, key: str, label: str, type: Any, *options: str) -> FormField:
    return FormField(
        event_id=EventId("evt_x"),
        key=key,
        label=label,
        type=type,
        required=position == 0,
        options=list(options),
        help_text="",
        is_shared=True,
        position=position,
    )


FIELDS = [
    question(0, "favorite_track", "Favourite track", "choice", "Craft", "Games"),
    question(1, "dietary_notes", "Dietary notes", "text"),
    question(2, "days", "Days", "multi_choice", "Friday", "Saturday"),
]
TABLE = """\
E-Mail;First name;Last name;Role;Status;Favourite track;Dietary notes;Days;Shoe size
nia@example.test;Nia;Adeyemi;host;approved;Craft;"no nuts,
no milk";Friday; 41
OTTO@example.test;Otto;Berg;;;Games;;Friday, Saturday;
otto@example.test;Otto;Again;;;;;;
not an address;Pia;;;;;;;
;;;;;;;;

rue@example.test;Rue;Castel;captain;maybe;Chess;;Sunday;;;more
sam@example.test;Sam;Diallo;staff;Withdrawn;;;;
tova@example.test;;;guest;rejected;;;;
"""


def test_each_column_is_taken_for_something_and_shown_with_an_example() -> None:
    table = rules.read(TABLE.encode(), FIELDS)
    assert [(each.column, each.field, each.example) for each in table.mapping] == [
        ("E-Mail", "email", "nia@example.test"),
        ("First name", "first_name", "Nia"),
        ("Last name", "last_name", "Adeyemi"),
        ("Role", "role", "host"),
        ("Status", "status", "approved"),
        ("Favourite track", "favorite_track", "Craft"),
        ("Dietary notes", "dietary_notes", "no nuts,\nno milk"),
        ("Days", "days", "Friday"),
        ("Shoe size", None, "41"),
    ]


def test_people_are_read_with_role_status_and_answers() -> None:
    nia, otto, rue, tova = rules.read(TABLE.encode(), FIELDS).lines
    assert (nia.email, nia.name, nia.role, nia.status) == ("nia@example.test", "Nia Adeyemi", "host", "approved")
    assert nia.answers == {"favorite_track": "Craft", "dietary_notes": "no nuts,\nno milk", "days": ["Friday"]}
    assert (otto.email, otto.role, otto.status) == ("otto@example.test", "participant", "approved")
    assert otto.answers == {"favorite_track": "Games", "days": ["Friday", "Saturday"]}
    assert (rue.role, rue.status, rue.answers) == ("participant", "pending", {})
    assert (tova.name, tova.role, tova.status) == ("tova", "guest", "rejected")
    assert rules.read(TABLE.encode(), FIELDS, status="pending").lines[1].status == "pending"


def test_what_is_odd_is_named_by_the_line_in_the_file() -> None:
    problems = rules.read(TABLE.encode(), FIELDS).problems
    assert [(each.at, each.say) for each in problems if each.skipped] == [
        ("line 5", "otto@example.test stands in line 4 already"),
        ("line 6", "'not an address' is no e-mail address"),
        ("line 10", "sam@example.test has withdrawn"),
    ]
    odd = [(each.at, each.say.partition(";")[0]) for each in problems if not each.skipped]
    assert odd[:3] == [
        ("line 9", "has more cells than there are headings"),
        ("line 9", "'captain' is no role that can be brought in"),
        ("line 9", "'maybe' is no status that can be brought in"),
    ]
    assert [(at, say.partition(":")[0]) for at, say in odd[3:]] == [("line 9", "Favourite track"), ("line 9", "Days")]


def test_a_second_column_of_the_same_meaning_is_ignored_and_said() -> None:
    table = rules.read(b"email,Name,Nick\nnia@example.test,Nia,Nn\n", [])
    assert [each.field for each in table.mapping] == ["email", "name", None]
    assert (table.lines[0].name, table.problems[0].at) == ("Nia", "line 1")


@pytest.mark.parametrize(
    ("raw", "say"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (b"name,role\nNia,host\n", "Line 1: there is no column for e-mail addresses among name, role."),
        ("email,name\nnia@example.test,Zoë".encode("latin-1"), "line 2, column 20: this is not UTF-8"),
        (b'email,name\nnia@example.test,"Nia\nrue@example.test,Rue\n', "line 2, column 1: this is no table"),
        (b'email,name\na@example.test,A\nnia@example.test,"' + b"x" * 200_000 + b'"\n', "line 3, column 1"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(raw: bytes, say: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.read(raw, [])
    assert str(refused.value).startswith(say)


async def test_the_command_shows_what_it_would_do_and_then_does_it(
    revento: Command,  # noqa: F811
    db: Database,
    clock: Clock,
    tmp_path: Path,
) -> None:
    event = (await (await world.host(db, clock.now())).bring(world.frab({}))).event_id
    table = tmp_path / "people.csv"
    table.write_text(TABLE)

    async def said(*words: str) -> Said:
        command = ("import", "participants", str(table), "--event", str(event), *words)
        return await asyncio.to_thread(revento, *command)

    async def topics() -> dict[str, int]:
        async with db.tx() as tx:
            told = await tx.all(str, "SELECT topic FROM messages WHERE event_id = %(id)s", id=event)
        return {name: count for name, count in Counter(told).items() if not name.startswith("activity.")}

    preview = await said("--dry-run")
    assert "4 people would come in (2 approved, 1 pending, 1 rejected), 0 are there already, 3 rows are" in preview.out
    assert "Skipped line 6: 'not an address' is no e-mail address" in preview.out
    assert await topics() == {}
    told = (await said("--json")).json
    assert (told["created"], told["known"], len(told["skipped"]), told["dry_run"]) == (4, 0, 3, False)
    happened = {
        "application.submitted": 4,
        "application.approved": 2,
        "participant.registered": 2,
        "application.rejected": 1,
    }
    assert await topics() == happened
    async with db.tx() as tx:
        noted = Counter(await tx.all(str, "SELECT action FROM audit_log WHERE action ~ '^(application|user)'"))
        waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'reviews.tell_applicant'"
        decided = "SELECT count(*) FROM application_reviews WHERE event_id = %(id)s"
        assert (await tx.one(int, waiting), await tx.one(int, decided, id=event)) == (3, 3)
    assert (
        noted.items()
        >= {
            "application.submitted": 4,
            "application.approved": 2,
            "application.rejected": 1,
            "user.brought_in": 5,
        }.items()
    )
    assert "0 people came in, 4 were there already." in (await said()).out
    assert await topics() == happened


def test_an_event_that_is_not_there_is_said_before_anything_else(revento: Command, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "people.csv").write_text("email\nnia@example.test\n")
    said = revento("import", "participants", str(tmp_path / "people.csv"), "--event", "evt_none", "--dry-run")
    assert (said.code, said.err) == (1, "revento: there is nothing with this id\n")
