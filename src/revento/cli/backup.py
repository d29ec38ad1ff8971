"""`revento backup` and `revento restore`: everything in one file, and everything out of it again."""

import contextlib
import tarfile
import tempfile
from collections.abc import Generator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from revento.cli import edge, terminal
from revento.cli.terminal import Failed
from revento.kernel import db, dumps, embedded, files, migrations
from revento.kernel.config import Settings
from revento.kernel.embedded import Embedded
from revento.kernel.secrets import KEY_FILE
from revento.sandbox.models import SHEET

app = typer.Typer()
_ABOUT: Final = "about.json"
_DUMP: Final = "database.dump"
_KEPT: Final = (KEY_FILE, SHEET)  # of the data directory: what the database is of no use without
_SMALL: Final = 1024 * 1024  # bytes; more than any of the files beside the dump has
File = Annotated[Path, typer.Argument(metavar="FILE", help="A file of your choice, such as revento.backup.")]


class About(msgspec.Struct, frozen=True):
    """What a backup says about itself."""

    format: int
    made_at: datetime
    revision: str


@app.command()
def backup(file: File, json: terminal.Json = False) -> None:
    """Write the database, the secret key and the sandbox's sheet to FILE. Revento may run meanwhile.

    A secret key that comes from REVENTO_SECRET_KEY is not in it: keep that yourself.
    """
    if file.exists():
        raise Failed(f"{file} is there already; name another or remove it")
    settings = edge.settings()
    about = About(1, datetime.now(UTC).replace(microsecond=0), migrations.newest())
    with edge.database_url(settings) as url, tempfile.TemporaryDirectory() as folder:
        if not migrations.is_current(url):
            raise Failed("the schema is not current; run `revento migrate` first")
        dumps.dump(url, Path(folder) / _DUMP)
        names = [name for name in _KEPT if (settings.data_dir / name).exists()]
        if settings.secret_key is not None and KEY_FILE in names:
            names.remove(KEY_FILE)
        with files.privately(file) as raw, tarfile.open(fileobj=raw, mode="w") as archive:
            _add(archive, _ABOUT, msgspec.json.encode(about))
            for name in names:
                _add(archive, name, (settings.data_dir / name).read_bytes())
            archive.add(Path(folder) / _DUMP, _DUMP)
    size = file.stat().st_size
    if json:
        terminal.as_json({"file": str(file), "bytes": size, "revision": about.revision, "holds": [_DUMP, *names]})
    else:
        terminal.note(f"{file}: {size:,} bytes, the database and {', '.join(names) or 'nothing else'}.")


@app.command()
def restore(
    file: File,
    replace: Annotated[bool, typer.Option("--replace", help="Also when something would be overwritten.")] = False,
    json: terminal.Json = False,
) -> None:
    """Bring back what `revento backup` wrote, all of it or nothing. Stop Revento first."""
    settings = edge.settings()
    if (settings.data_dir / edge.RUNNING).exists() or embedded.running_url(settings.data_dir / edge.POSTGRES):
        raise Failed(f"Revento runs with {settings.data_dir}; stop it first")
    with _opened(file) as archive, tempfile.TemporaryDirectory() as folder:
        about = _about(archive, file)
        dump = Path(folder) / _DUMP
        dump.write_bytes(_content(archive, _DUMP))
        kept = {name: _content(archive, name) for name in _KEPT if name in archive.getnames()}
        with _empty_database(settings) as url:
            _refuse_to_overwrite(settings, url, kept, replace=replace)
            dumps.restore(url, dump)
            migrations.upgrade(url)
        for name, content in kept.items():
            files.write_private(settings.data_dir / name, content)
    if json:
        terminal.as_json({"file": str(file), "made_at": about.made_at, "revision": about.revision})
    else:
        terminal.note(f"Everything is as it was at {about.made_at:%Y-%m-%d %H:%M:%S} UTC.")


def _refuse_to_overwrite(settings: Settings, url: str, kept: dict[str, bytes], *, replace: bool) -> None:
    if replace:
        return
    if dumps.has_tables(url):
        raise Failed("there is a database already; --replace overwrites it")
    for name, content in kept.items():
        there = settings.data_dir / name
        if there.exists() and there.read_bytes() != content:
            raise Failed(f"{there} is there already and is another; --replace overwrites it")


@contextlib.contextmanager
def _empty_database(settings: Settings) -> Generator[str]:
    """The database as it is, not migrated."""
    if settings.database_url is not None:
        db.reach(settings.database_url)
        yield settings.database_url
        return
    server = Embedded.start(settings.data_dir / edge.POSTGRES)
    try:
        yield server.url
    finally:
        server.stop()


@contextlib.contextmanager
def _opened(file: Path) -> Generator[tarfile.TarFile]:
    try:
        archive = tarfile.open(file, "r:")  # noqa: SIM115 (closed below; what is in it may be damaged too)
    except tarfile.TarError as error:
        raise Failed(f"{file} is no backup of Revento") from error
    with archive:
        try:
            yield archive
        except tarfile.TarError as error:
            raise Failed(f"{file} is damaged: {error}") from error


def _about(archive: tarfile.TarFile, file: Path) -> About:
    if _ABOUT not in archive.getnames() or _DUMP not in archive.getnames():
        raise Failed(f"{file} is no backup of Revento")
    try:
        about = msgspec.json.decode(_content(archive, _ABOUT), type=About)
    except msgspec.MsgspecError as error:
        raise Failed(f"{file} is no backup of Revento") from error
    if about.format != 1 or about.revision > migrations.newest():
        raise Failed(
            f"{file} was made by a newer Revento (schema {about.revision}, this one has {migrations.newest()})"
        )
    return about


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.getmember(name)
    opened = archive.extractfile(member)
    if opened is None or (name != _DUMP and member.size > _SMALL):
        raise Failed(f"{name} in it is not what a backup holds")
    return opened.read()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, BytesIO(content))
