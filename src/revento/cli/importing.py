"""`revento import`: a schedule or a list of people from elsewhere."""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from revento.cli import edge, terminal
from revento.cli.edge import Desk
from revento.cli.terminal import Failed
from revento.events.archiving import actions as archives
from revento.events.archiving.models import Numbers, Restored
from revento.events.events import queries as events
from revento.events.importing import actions, queries
from revento.events.importing.dialects.refusals import SIZE_MOST
from revento.events.importing.models import Problem, Report
from revento.events.people import actions as people
from revento.events.people.models import PeopleReport
from revento.identity import proofs
from revento.identity.organizations import queries as organizations
from revento.identity.permissions import Permission, Role
from revento.identity.users import queries as users
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, OrganizationId, UserId

app = typer.Typer(no_args_is_help=True, help="Bring in a schedule or a list of people.")
_SHOWN: Final = 20
_Status = Literal["approved", "pending"]
Event = Annotated[str | None, typer.Option("--event", metavar="ID", help="The event (evt_…).")]
As = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Who does it; else the organization's owner.")]


@app.command()
def schedule(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON, XML, program.js or iCalendar.")],
    event: Event = None,
    new: Annotated[str | None, typer.Option("--new", metavar="NAME", help="Make a new event of this name.")] = None,
    organization: Annotated[str | None, typer.Option("--organization", metavar="ID", help="Whose it is.")] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="ZONE", help="IANA zone of the days, such as Europe/Berlin.")
    ] = None,
    wall_clock: Annotated[
        bool, typer.Option("--wall-clock", help="Times are the zone's clock, whatever offset is written beside them.")
    ] = False,
    remove_vanished: Annotated[
        bool, typer.Option("--remove-vanished", help="Remove what an earlier import brought and this file lacks.")
    ] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Leave new activities unpublished.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, change nothing.")] = False,
    who: As = None,
    json: terminal.Json = False,
) -> None:
    """Bring a schedule into an event, or make a new event of it. All of it, or nothing."""
    if (event is None) == (new is None) or (new is not None and organization is None):
        raise Failed("say where to: --event ID, or --new NAME --organization ID")
    raw = content_of(file)
    wanted = _Wanted(event, new, organization, time_zone, wall_clock, remove_vanished, draft, dry_run, who)

    async def work(desk: Desk) -> Report:
        with _bar(quiet=json) as progress:
            async with desk.db.tx() as tx:
                return await _bring(tx, raw, wanted, progress, now=desk.clock.now())

    try:
        told = edge.run(work)
    except _OnlyLooked as looked:
        told = looked.report
    if json:
        terminal.as_json(told)
    else:
        _show(told)


class _Wanted(msgspec.Struct, frozen=True):
    """What a schedule is brought in with."""

    event: str | None
    new: str | None
    organization: str | None
    time_zone: str | None
    wall_clock: bool
    remove_vanished: bool
    draft: bool
    dry_run: bool
    who: str | None


async def _bring(tx: Tx, raw: bytes, wanted: _Wanted, progress: actions.Progress | None, *, now: datetime) -> Report:
    found = await events.get(tx, EventId(wanted.event)) if wanted.event else None
    of_event = found.time_zone if found else None
    read, zone = actions.read(raw, time_zone=wanted.time_zone, of_event=of_event, wall_clock=wanted.wall_clock)
    organization_id = found.organization_id if found else OrganizationId(wanted.organization or "")
    user_id = await acting_for(tx, wanted.who, organization_id)
    if found is not None:
        event_id = found.id
    else:
        member = await proofs.as_organization_member(tx, user_id, organization_id, Permission.EVENT_EDIT)
        event_id = await actions.create_event(tx, member, wanted.new or "", read, zone, now=now)
    planner = await proofs.as_planner(tx, user_id, event_id)
    await actions.lock(tx, event_id)
    plan = await actions.compare(tx, event_id, read, zone)
    if wanted.dry_run:
        raise _OnlyLooked(actions.report(plan, event_id if found else None, dry_run=True))
    return await actions.carry_out(
        tx,
        planner,
        plan,
        remove_vanished=wanted.remove_vanished,
        publish=not wanted.draft,
        progress=progress,
        now=now,
    )


class _OnlyLooked(Exception):
    """Ends a dry run, so that nothing of it is kept."""

    def __init__(self, report: Report) -> None:
        super().__init__("a dry run")
        self.report = report


@app.command()
def participants(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A table with a line of headings.")],
    event: Annotated[str, typer.Option("--event", metavar="ID", help="The event (evt_…).")],
    status: Annotated[_Status, typer.Option(help="For those for whom the table names none.")] = "approved",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what each column is taken for, change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether the columns are taken right.")] = False,
    who: As = None,
    json: terminal.Json = False,
) -> None:
    """Bring people into an event from a table: who they are, their role and status, their answers."""
    raw, event_id = content_of(file), EventId(event)

    async def look(desk: Desk) -> PeopleReport:
        async with desk.db.tx() as tx:
            return await people.preview(tx, event_id, raw, status=status)

    async def work(desk: Desk) -> PeopleReport:
        with _bar(quiet=json) as progress:
            async with desk.db.tx() as tx:
                await queries.be_patient(tx)
                user_id = await acting_for(tx, who, (await events.get(tx, event_id)).organization_id)
                organizer = await proofs.as_organizer(tx, user_id, event_id)
                return await people.bring(tx, organizer, raw, status=status, progress=progress, now=desk.clock.now())

    if dry_run or not json:
        told = edge.run(look)
        terminal.as_json(told) if json else _show_people(told)
        if dry_run:
            return
    if sys.stdin.isatty() and not yes and not json:
        typer.confirm("Bring these people in?", abort=True)
    told = edge.run(work)
    if json:
        terminal.as_json(told)
    else:
        terminal.note(f"{told.created} people came in, {told.known} were there already.")


def _show_people(told: PeopleReport) -> None:
    """The preview: what each column is taken for, who would come in, what is wrong with which line."""
    shown = [(each.column, each.field or "(ignored)", each.example) for each in told.mapping]
    terminal.table(("column", "taken for", "such as"), shown)
    how = ", ".join(f"{count} {name}" for name, count in sorted(told.statuses.items()))
    come = f"{told.created} people would come in{f' ({how})' if how else ''}"
    terminal.note(f"\n{come}, {told.known} are there already, {len(told.skipped)} rows are skipped.")
    _problems(told.skipped, told.warnings)


@app.command()
def archive(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `revento export event` wrote.")],
    organization: Annotated[str, typer.Option("--organization", metavar="ID", help="Whose it will be (org_…).")],
    title: Annotated[
        str | None, typer.Option("--title", metavar="NAME", help="Another title than the archive's.")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Leave the event a draft, whatever it was.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it holds, change nothing.")] = False,
    who: As = None,
    json: terminal.Json = False,
) -> None:
    """Make the whole event of an archive: people, program, applications, consents as records. All of it, or nothing.

    People are found by their e-mail address, or get an account without a password. Nobody gets mail.
    """
    label, whole = archives.read(content_of(file))

    async def work(desk: Desk) -> Restored | Numbers:
        async with desk.db.tx() as tx:
            if dry_run:
                return await archives.numbers(tx, label, whole)
            user_id = await acting_for(tx, who, OrganizationId(organization))
            owner = OrganizationId(organization)
            member = await proofs.as_organization_member(tx, user_id, owner, Permission.EVENT_EDIT)
            now = desk.clock.now()
            return await archives.restore(tx, member, label, whole, title=title, as_draft=draft, now=now)

    told = edge.run(work)
    if json:
        terminal.as_json(told)
        return
    held = told.numbers if isinstance(told, Restored) else told
    terminal.note(f"{held.title}, made at {held.made_by} on {held.made_at:%Y-%m-%d}.")
    terminal.note(f"  {held.people} people, {held.known} of them known here; {held.applications} applications.")
    terminal.note(f"  {held.activities} activities, {held.signups} sign-ups, {held.consents} consents as records.")
    if isinstance(told, Restored):
        terminal.note(f"  Event {told.event_id}")


def content_of(file: Path) -> bytes:
    """The file, unless it is larger than anything that is read."""
    if file.stat().st_size > SIZE_MOST:
        raise Failed(f"{file} has {file.stat().st_size:,} bytes; at most {SIZE_MOST:,} are read")
    return file.read_bytes()


async def acting_for(tx: Tx, email: str | None, organization_id: OrganizationId) -> UserId:
    """Who does it: the named person, else the organization's owner. Raises `Failed`, `NoRow`."""
    if email is not None:
        user = await users.find_by_email(tx, email)
        if user is None:
            raise Failed(f"nobody has the e-mail address {email}")
        return user.id
    await organizations.get(tx, organization_id)
    members = await organizations.list_members(tx, organization_id)
    owner = next((each.user_id for each in members if each.role == Role.OWNER), None)
    if owner is None:
        raise Failed(f"{organization_id} has no owner; say who does it with --as EMAIL")
    return owner


@contextmanager
def _bar(*, quiet: bool) -> Generator[Callable[[int, int], None] | None]:
    """A bar on stderr, so that what is printed stays clean."""
    if quiet:
        yield None
        return
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True, force_terminal=bool(os.environ.get("FORCE_COLOR")) or None)
    with Progress(*columns, console=console, transient=False) as progress:
        task = progress.add_task("Importing", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _show(told: Report) -> None:
    say = terminal.note
    say(f"{told.title or 'A schedule'}: {told.dialect}, times in {told.time_zone}.")
    say(
        f"  {told.sessions} sessions in {told.rooms} rooms and {told.tracks} tracks, {told.types} types, "
        f"{told.hosts} hosts; from {told.first_start} to {told.last_end}."
    )
    would = "would be " if told.dry_run else ""
    say(f"  {told.created} {would}created, {told.updated} {would}updated, {told.unchanged} unchanged.")
    if told.vanished:
        what = f"{told.removed} removed" if told.removed else "kept; --remove-vanished removes them"
        say(f"  {len(told.vanished)} are no longer in the file ({what}): {'; '.join(told.vanished[:5])}")
    if told.clashes:
        say(f"  {told.clashes} pairs overlap in one room.")
    _problems(told.skipped, told.warnings)
    if told.event_id:
        say(f"  Event {told.event_id}")


def _problems(skipped: list[Problem], warnings: list[Problem]) -> None:
    for words, problems in (("Skipped", skipped), ("Look at", warnings)):
        for problem in problems[:_SHOWN]:
            terminal.note(f"  {words} {problem.at}: {problem.say}")
        if len(problems) > _SHOWN:
            terminal.note(f"  … and {len(problems) - _SHOWN} more (--json shows all)")
