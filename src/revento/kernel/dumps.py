"""The whole database as one file and back, by PostgreSQL's own programs; what goes wrong leaves nothing half done."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import psycopg
from psycopg import conninfo

from revento.kernel import embedded

_HAS_TABLES: Final = """
    SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p'))
"""
# Everything of ours lies in the one schema that a new database has.
_EMPTIED: Final = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


class DumpFailed(Exception):
    """A database could not be written to a file, or read from one. `str()` is one clear line."""


def dump(url: str, into: Path) -> None:
    """Writes everything in the database to the file `into`, as of one moment, while others go on working."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={into}")


def has_tables(url: str) -> bool:
    """Whether there is anything in the database that a restore would have to replace."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute(_HAS_TABLES).fetchone() == (True,)


def restore(url: str, source: Path) -> None:
    """Makes the database what the dump `source` says, all of it or nothing; what was in it before is gone.

    The dump is read to its end before anything is touched.
    """
    statements = source.with_suffix(".sql")
    _run("pg_restore", None, "--no-owner", "--no-privileges", f"--file={statements}", str(source))
    strictly = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--output=/dev/null")
    _run("psql", url, *strictly, f"--command={_EMPTIED}", f"--file={statements}")


def _run(program: str, url: str | None, *arguments: str) -> None:
    command, environ = [_path_of(program)], dict(os.environ)
    if url is not None:
        parts = conninfo.conninfo_to_dict(url)
        environ["PGPASSWORD"] = str(
            parts.pop("password", None) or environ.get("PGPASSWORD", "")
        )  # `ps` shows arguments
        command.append(f"--dbname={conninfo.make_conninfo('', **parts)}")
    ended = subprocess.run([*command, *arguments], env=environ, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
        said = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")
        raise DumpFailed(said or f"{program} ended with {ended.returncode}")


def _path_of(program: str) -> str:
    own = embedded.program(program)
    path = str(own) if own is not None else shutil.which(program)
    if path is None:
        raise DumpFailed(f"{program} is missing; install PostgreSQL's client programs")
    return path
