"""`revento backup` and `revento restore`: the same answers again, or nothing changed."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.cli.conftest import Said, call
from tests.conftest import cloned

EVERYTHING = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"


def rows(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute(EVERYTHING)]
        return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in tables}


class Kept(NamedTuple):
    """A database with a sandbox, its data directory, and their backup."""

    url: str
    data_dir: Path
    file: Path

    def restore(self, *words: str, file: Path | None = None, **environ: str) -> Said:
        """Restores it, or another file; where it came from, or elsewhere."""
        here = {"DATABASE_URL": self.url, "REVENTO_DATA_DIR": str(self.data_dir)}
        return call("restore", str(file or self.file), *words, **here | environ)


@pytest.fixture(scope="module")
def kept(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("kept")
    with cloned(postgres_url) as url:
        here = {"DATABASE_URL": url, "REVENTO_DATA_DIR": str(folder / "data")}
        assert call("sandbox", "reset", **here).code == 0
        told = call("backup", str(folder / "kept"), "--json", **here).json
        assert told["holds"] == ["database.dump", "secret.key", "sandbox.json"]
        yield Kept(url, folder / "data", folder / "kept")


def test_an_empty_database_gives_the_same_answers_afterwards(
    kept: Kept, empty_database_url: str, tmp_path: Path
) -> None:
    there = {"DATABASE_URL": empty_database_url, "REVENTO_DATA_DIR": str(tmp_path / "new")}
    assert kept.restore("--json", **there).json["revision"]
    assert rows(empty_database_url) == rows(kept.url)
    for name in ("secret.key", "sandbox.json"):
        assert (tmp_path / "new" / name).read_bytes() == (kept.data_dir / name).read_bytes()
        assert (tmp_path / "new" / name).stat().st_mode & 0o777 == 0o600
    assert kept.file.stat().st_mode & 0o777 == 0o600


def test_what_is_there_is_overwritten_only_when_told(kept: Kept, database_url: str, tmp_path: Path) -> None:
    there = {"DATABASE_URL": database_url, "REVENTO_DATA_DIR": str(tmp_path / "other")}
    before = rows(database_url)
    said = kept.restore(**there)
    assert (said.code, said.err) == (1, "revento: there is a database already; --replace overwrites it\n")
    assert rows(database_url) == before
    assert kept.restore("--replace", **there).code == 0
    assert rows(database_url) == rows(kept.url)
    again = call("backup", str(kept.file), **there)
    assert again.err == f"revento: {kept.file} is there already; name another or remove it\n"


def damaged(kept: Path, folder: Path) -> dict[str, Path]:
    """Files that are no backup, each in another way."""
    made = {name: folder / name for name in ("text", "empty", "cut", "other-tar", "newer", "wrong-dump")}
    made["text"].write_text("not a backup\n" * 100)
    made["empty"].touch()
    made["cut"].write_bytes(kept.read_bytes()[:-300_000])
    with tarfile.open(made["other-tar"], "w") as archive:
        archive.add(made["text"], "notes.txt")
    for name, about, dump in (
        ("newer", '{"format":1,"made_at":"2026-01-01T00:00:00Z","revision":"9999_later"}', b"PGDMP"),
        ("wrong-dump", '{"format":1,"made_at":"2026-01-01T00:00:00Z","revision":"0001_identity"}', b"PGDMP nonsense"),
    ):
        (folder / "about.json").write_text(about)
        (folder / "database.dump").write_bytes(dump)
        with tarfile.open(made[name], "w") as archive:
            for part in ("about.json", "database.dump"):
                archive.add(folder / part, part)
    return made


def test_a_wrong_file_changes_nothing(kept: Kept, tmp_path: Path) -> None:
    before = rows(kept.url)
    for name, file in damaged(kept.file, tmp_path).items():
        said = kept.restore("--replace", file=file)
        assert (said.code, said.out, said.err.count("\n")) == (1, "", 1), name
    assert "made by a newer Revento" in kept.restore("--replace", file=tmp_path / "newer").err
    assert "No such file" in kept.restore(file=tmp_path / "nowhere").err
    assert rows(kept.url) == before


def test_nothing_is_restored_under_a_running_revento(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text("{}")
    assert kept.restore("--replace", REVENTO_DATA_DIR=str(tmp_path)).err.endswith("stop it first\n")
