"""Promise: a letter speaks the language of whoever gets it, all of it, and reads as plain text."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.identity.users import actions as users
from revento.identity.users import queries as people
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Database, Tx
from revento.kernel.language import Day, Moment, Say, Says
from revento.kernel.mail import actions as mail
from revento.kernel.mail import queries
from revento.kernel.mail.queries import Mail
from revento.web.locale import catalogues, extract
from revento.workers import tell_applicants
from tests.browser.story import convention

ALIKE = {"%(what)s.", "%(name)s: %(url)s", "%(what)s: %(event)s"}  # nothing but holes


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of these names in the sources, with the file that it stands in."""
    for path in sorted(extract.SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                yield path.relative_to(extract.SOURCES).as_posix(), node


def test_promise_every_sentence_of_every_letter_renders_whole_in_every_language() -> None:
    seen = 0
    for where, call in calls("Say", "Says"):
        said = [str(ast.literal_eval(each)) for each in call.args[: 2 if ast.unparse(call.func) == "Says" else 1]]
        holes = {str(each.arg) for each in call.keywords if each.arg}
        wanted = {hole[2:-2] for text in said for hole in catalogues.holes(text)}
        spread = any(each.arg is None for each in call.keywords)  # `**known`
        assert spread or holes | {"n"} == wanted | {"n"}, (where, said)
        sentence: Say = Say(said[0], **dict.fromkeys(wanted, "x"))
        if len(said) == 2:
            sentence = Says(said[0], said[1], 2, **dict.fromkeys(wanted - {"n"}, "x"))
        german, english = sentence.within("de"), sentence.within("en")
        assert "%(" not in german + english, (where, said)
        assert german != english or said[0] in ALIKE, (where, said)
        seen += 1
    assert seen > 60


def test_promise_no_letter_is_written_past_the_catalogue() -> None:
    letters = list(calls("mail.write", "teams.write"))
    assert len(letters) > 15
    for where, call in letters:
        own = [each for part in call.args for each in ast.walk(part) if isinstance(each, ast.Constant)]
        inside = {id(each) for part in call.args for said in ast.walk(part) if isinstance(said, ast.Call)
                  for each in ast.walk(said)}  # fmt: skip
        loose = [each.value for each in own if id(each) not in inside and " " in str(each.value).strip()]
        assert loose == [], (where, loose)


def test_days_and_moments_follow_the_language_too() -> None:
    at = datetime(2026, 12, 5, 13, tzinfo=UTC)
    assert [Day(at, "Europe/Berlin").within(each) for each in ("en", "de")] == ["5 December 2026", "5. Dezember 2026"]
    assert Moment(at, "Europe/Berlin").within("en") == "Saturday 5 December, 14:00 (Europe/Berlin)"
    assert Moment(at, "Europe/Berlin").within("de") == "Samstag, 5. Dezember, 14:00 (Europe/Berlin)"


async def letters_to(tx: Tx, email: str) -> list[Mail]:
    return await queries.list_newest(tx, recipient=email)


@pytest.mark.parametrize(
    ("locale", "subject", "body"),
    [
        ("de", "Bestätige deine E-Mail-Adresse", "Hallo Leni Vogt,\n\nbitte bestätige"),
        ("en", "Confirm your e-mail address", "Hello Leni Vogt,\n\nplease confirm"),
        ("xx", "Confirm your e-mail address", "Hello Leni Vogt,\n\nplease confirm"),
    ],
)
async def test_a_letter_speaks_its_readers_language(
    db: Database, clock: Clock, locale: str, subject: str, body: str
) -> None:
    async with db.tx() as tx:
        await users.sign_up(
            tx, email="leni@example.test", name="Leni Vogt", password="a long password of mine", locale=locale,
            base_url="https://revento.example", now=clock.now(),
        )  # fmt: skip
        (letter,) = await letters_to(tx, "leni@example.test")
    assert letter.subject == subject
    assert letter.body.startswith(body)
    lines = letter.body.splitlines()
    assert any(line.startswith("https://revento.example/account/verify?token=") for line in lines)  # alone on its line


async def test_the_applicants_letter_is_german_for_her_and_carries_the_note(
    db: Database, clock: Clock, database_url: str, tmp_path: Path
) -> None:
    story = await convention(db, clock, ("Leila Haddad",))
    id = story.applications["Leila Haddad"]
    environ = {"DATABASE_URL": database_url, "REVENTO_DATA_DIR": str(tmp_path)}
    tools = SimpleNamespace(settings=Settings.read(environ, env="development"), db=db, clock=clock)
    context = cast(Any, SimpleNamespace(additional_context={"tools": tools}))
    async with db.tx() as tx:
        leila = await people.find_by_email(tx, "leila@example.test")
        assert leila is not None
        await people.update_profile(tx, leila.id, name=leila.name, locale="de", time_zone=None, now=clock.now())
        reviewer = await proofs.as_reviewer(tx, story.people["Ada Moss"], story.event_id)
        await reviews.ask_revision(tx, reviewer, id, note="Which tools?\nHow many?", now=clock.now())
        review = await tx.one(str, "SELECT id FROM application_reviews")
    await tell_applicants.tell_applicant(context, story.event_id, id, review)
    async with db.tx() as tx:
        letter = (await letters_to(tx, "leila@example.test"))[0]
    assert letter.subject == "Bitte schau noch einmal auf deine Bewerbung: Mossgarden Days"
    assert letter.body.split("\n\n")[:3] == [
        "Hallo Leila Haddad,",
        "die Orga bittet dich, etwas zu ändern und sie noch einmal zu senden. Dein Platz bleibt dir erhalten.",
        "Die Orga schreibt:\nWhich tools?\nHow many?",
    ]


async def test_what_people_wrote_makes_no_second_line_of_a_subject(db: Database, clock: Clock) -> None:
    async with db.tx() as tx:
        title = "Fair\r\nBcc: all@example.test 100% off"
        await mail.write(
            tx, "new@example.test", Say("%(name)s works again", name=title), "", otherwise="de", now=clock.now()
        )
        (letter,) = await letters_to(tx, "new@example.test")
    assert (letter.subject, letter.body) == ("Fair Bcc: all@example.test 100% off arbeitet wieder", "Hallo,\n")
