"""A whole event goes out as one file and comes in again, somewhere else, as the same event."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from revento.contract import errors
from revento.contract.errors import Refused
from revento.endings.leave import delete_account
from revento.events.applications import queries as applications
from revento.events.archiving import actions as archives
from revento.events.archiving import box, document
from revento.events.overview import queries as overview
from revento.events.program import queries as program
from revento.events.reviews import actions as reviews
from revento.events.signups import actions as signups
from revento.events.webview_pages import actions as pages
from revento.events.webview_pages.models import PageFacts
from revento.identity import proofs
from revento.identity.organizations import actions as organizations
from revento.identity.permissions import Permission
from revento.identity.users import actions as users
from revento.integrations.grants import actions as grants
from revento.kernel.db import Database
from revento.kernel.ids import EventId
from tests.browser.story import Convention, convention
from tests.conftest import MovableClock, cloned
from tests.integrations import given

HERE = "https://here.example"


async def lived(db: Database, clock: MovableClock) -> Convention:
    """A convention with history: decisions, one undone, remarks, sign-ups with a waiting list, a page, consents."""
    story = await convention(db, clock)
    now, event_id = clock.now(), story.event_id
    async with db.tx() as tx:
        await tx.run(
            """UPDATE organizations SET is_sandbox = true, kind = 'formal', verification_status = 'verified',
                                       verified_at = created_at"""
        )
        bo = await proofs.as_reviewer(tx, story.people["Bo Reed"], event_id)
        for name in ("Leila Haddad", "Marcus Oyelaran", "Sofia Lindqvist", "Elif Demir"):
            await reviews.approve(tx, bo, story.applications[name], note="Gladly", now=now)
        await reviews.reject(tx, bo, story.applications["Dara Okafor"], note="No room", now=now)
        await reviews.ask_revision(tx, bo, story.applications["Ben Hartley"], note="More?", fields=["about"], now=now)
        undone = await reviews.approve(tx, bo, story.applications["Hana Sato"], now=now)
        await reviews.undo(tx, bo, story.applications["Hana Sato"], undone.id, now=now + timedelta(seconds=5))
        await reviews.add_note(tx, bo, story.applications["Leila Haddad"], "Knows everybody.", now=now)
        for name in ("Leila Haddad", "Marcus Oyelaran", "Sofia Lindqvist"):
            await signups.sign_up(tx, story.people[name], event_id, story.activities["Dice Design"], now=now)
        editor = await proofs.as_page_editor(tx, story.people["Ada Moss"], event_id)
        page = PageFacts(kind="text", title="House rules", body="Be kind.", visibility="everyone", is_published=True)
        await pages.create(tx, editor, page, own_origin=HERE, now=now)
        _, client = await given.registered(tx, await given.user(tx, "Eve", now=now), now=now)
        manager = await given.manager(tx, story.people["Ada Moss"], event_id)
        installation = await given.connect(tx, manager, client, now=now)
        leila = story.people["Leila Haddad"]
        await grants.grant(tx, leila, event_id, client, installation, ["profile.read"], now=now)
    return story


async def written(db: Database, clock: MovableClock, story: Convention) -> bytes:
    async with db.tx() as tx:
        ada = await proofs.as_organizer(tx, story.people["Ada Moss"], story.event_id)
        return await archives.write(tx, ada, made_by=HERE, now=clock.now())


async def restored(db: Database, clock: MovableClock, raw: bytes, *, as_draft: bool = False) -> tuple[EventId, bytes]:
    """The event that comes of it, in an organization of Zoe's, and its own archive."""
    label, archive = archives.read(raw)
    async with db.tx() as tx:
        zoe = await users.known_or_new(tx, "zoe@elsewhere.example", "Zoe", now=clock.now())
        organization_id = await organizations.found(tx, zoe, "Elsewhere", now=clock.now())
        member = await proofs.as_organization_member(tx, zoe, organization_id, Permission.EVENT_EDIT)
        told = await archives.restore(tx, member, label, archive, as_draft=as_draft, now=clock.now())
        organizer = await proofs.as_organizer(tx, zoe, told.event_id)
        return told.event_id, await archives.write(tx, organizer, made_by=HERE, now=clock.now())


def event_of(raw: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        return json.loads(file.read("event.json"))


def boxed(event: dict[str, Any], **label: Any) -> bytes:
    """A file with this event in it, and a right label unless told otherwise."""
    out = io.BytesIO()
    content = json.dumps(event).encode()
    told = {"format": "revento.event", "version": 1, "made_at": "2026-01-01T00:00:00Z", "made_by": HERE,
            "sha256": hashlib.sha256(content).hexdigest()} | label  # fmt: skip
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("label.json", json.dumps(told))
        file.writestr("event.json", content)
    return out.getvalue()


async def test_promise_an_event_that_moves_to_another_revento_is_the_same_event(
    db: Database, clock: MovableClock, postgres_url: str
) -> None:
    raw = await written(db, clock, await lived(db, clock))
    first = event_of(raw)
    assert [len(first[part]) for part in ("people", "applications", "activities", "pages")] == [10, 8, 7, 1]
    assert {each["status"] for each in first["applications"]} >= {
        "approved",
        "rejected",
        "revision_requested",
        "pending",
    }
    (dice,) = [each for each in first["activities"] if each["title"] == "Dice Design"]
    assert [each["state"] for each in dice["signups"]] == ["going", "going", "waiting"]
    assert [len(each["consents"]) for each in first["connections"]] == [1]
    with cloned(postgres_url) as url:
        other = await Database.open(url, size=4)
        event_id, again = await restored(other, clock, raw)
        assert event_of(again) == first
        async with other.tx() as tx:
            there = {each.title: each for each in await program.list_activities(tx, event_id, drafts=True)}
            assert (there["Dice Design"].signup_count, there["Dice Design"].waitlist_count) == (2, 1)
            assert await tx.all(str, "SELECT DISTINCT password_hash FROM users WHERE password_hash IS NOT NULL") == []
            for table in ("installations", "user_grants", "access_tokens", "mails", "procrastinate_jobs"):
                assert await tx.one(int, f"SELECT count(*) FROM {table}") == 0, table
        await other.close()


async def test_no_secret_and_no_id_is_in_the_file(db: Database, clock: MovableClock) -> None:
    story = await lived(db, clock)
    text = json.dumps(event_of(await written(db, clock, story)))
    async with db.tx() as tx:
        hashes = await tx.all(str, "SELECT password_hash FROM users WHERE password_hash IS NOT NULL")
    assert hashes
    for secret in (*hashes, "rev_", "whsec_", "evt_", "usr_", "app_", "int_", "birth"):
        assert secret not in text


async def test_people_who_have_an_account_keep_it_and_find_the_event_in_it(db: Database, clock: MovableClock) -> None:
    story = await lived(db, clock)
    raw = await written(db, clock, story)
    event_id, _ = await restored(db, clock, raw)
    async with db.tx() as tx:
        id = await applications.find_by_user(tx, event_id, story.people["Leila Haddad"])
        assert id is not None
        application = await applications.find(tx, event_id, id)
        assert application is not None
        assert (application.status, application.display_name) == ("approved", "Leila Haddad")
        # Organizing one event is no way into another: Ada, in the archive as who connected, is no member there.
        assert await overview.find_desk(tx, story.people["Ada Moss"], event_id) is None


async def test_a_draft_stays_a_draft_when_wanted(db: Database, clock: MovableClock) -> None:
    raw = await written(db, clock, await lived(db, clock))
    _, again = await restored(db, clock, raw, as_draft=True)
    assert event_of(again)["event"]["publish_status"] == "draft"


async def test_a_deleted_account_stays_a_pseudonym(db: Database, clock: MovableClock, postgres_url: str) -> None:
    story = await lived(db, clock)
    async with db.tx() as tx:
        await delete_account(tx, story.people["Leila Haddad"], now=clock.now())
    raw = await written(db, clock, story)
    assert "Leila" not in json.dumps(event_of(raw))
    assert [each["email"] for each in event_of(raw)["people"]].count(None) == 1
    with cloned(postgres_url) as url:
        other = await Database.open(url, size=4)
        assert event_of((await restored(other, clock, raw))[1]) == event_of(raw)
        await other.close()


def _wrong_person(event: dict[str, Any]) -> None:
    event["applications"][1]["person"] = 99


def _unknown_field(event: dict[str, Any]) -> None:
    event["people"][0]["password_hash"] = "x"


def _wrong_time(event: dict[str, Any]) -> None:
    event["activities"][2]["starts_at"] = "yesterday"


def _full(event: dict[str, Any]) -> None:
    next(each for each in event["activities"] if each["title"] == "Dice Design")["capacity"] = 1


def _cycle(event: dict[str, Any]) -> None:
    event["locations"][0]["parent"] = 3


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_wrong_person, "$.applications[1].person"),
        (_unknown_field, "at `$.people[0]`"),
        (_wrong_time, "].starts_at`"),
        (_full, "2 people have one of 1 places"),
        (_cycle, "$.locations[0].parent"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_path(
    db: Database, clock: MovableClock, spoil: Callable[[dict[str, Any]], None], words: str
) -> None:
    event = event_of(await written(db, clock, await lived(db, clock)))
    spoil(event)
    with pytest.raises(Refused) as refused:
        archives.read(boxed(event))
    assert words in refused.value.say
    assert refused.value.reason is errors.INVALID_INPUT


async def test_a_damaged_newer_or_foreign_file_is_told_apart(db: Database, clock: MovableClock) -> None:
    raw = await written(db, clock, await lived(db, clock))
    event = event_of(raw)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("holiday.txt", "Hello")
    for spoiled, words in (
        (boxed(event, sha256="0" * 64), "checksum"),
        (boxed(event, version=2), "version 2"),
        (boxed(event, format="someone.else"), "calls itself"),
        (raw[:-200], "no archive"),
        (raw[: len(raw) // 2] + b"\0" * 50 + raw[len(raw) // 2 + 50 :], "damaged"),
        (zipped.getvalue(), "no label.json"),
    ):
        with pytest.raises(Refused) as refused:
            archives.read(spoiled)
        assert words in refused.value.say, refused.value.say


def test_a_file_that_unpacks_without_end_is_cut_off() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("label.json", b" " * 1_000_000)
    with pytest.raises(Refused, match="more than 1 MiB"):
        box.unpack(out.getvalue())


def test_the_format_of_version_1_does_not_change() -> None:
    """Whoever changes the archive's shape raises `VERSION` and keeps reading the old one."""
    kinds = sorted(document.Part.__subclasses__(), key=lambda each: each.__name__)
    shape = [(each.__name__, each.__struct_fields__) for each in kinds]
    assert hashlib.sha256(repr(shape).encode()).hexdigest()[:16] == "bf9d9c9a5f87bad6"
