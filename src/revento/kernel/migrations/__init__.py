"""The schema's history: Alembic drives plain-SQL revisions, forward only, under an advisory lock.

Alembic takes 0.6 s to import, so only what runs revisions does: asking where a database stands costs one query.
"""

from importlib import import_module
from pathlib import Path
from typing import Final, LiteralString

import psycopg

VERSIONS: Final = Path(__file__).parent / "versions"
_STANDS_AT: Final[LiteralString] = "SELECT version_num FROM alembic_version"


def upgrade(database_url: str) -> None:
    """Brings the database to the newest revision. Safe to run by several processes at once (one waits)."""
    if not is_current(database_url):
        import_module("revento.kernel.migrations.runner").upgrade(database_url)


def is_current(database_url: str) -> bool:
    """Whether the database stands at the newest revision; for `/readyz` and `revento doctor`."""
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        try:
            return connection.execute(_STANDS_AT).fetchall() == [(newest(),)]
        except psycopg.errors.UndefinedTable:
            return False


def newest() -> str:
    """The newest revision: its name is its file's, and the names count upwards."""
    return max(path.stem for path in VERSIONS.glob("[0-9]*.py"))


def run_sql(name: str) -> None:
    """Runs the `.sql` file that lies beside a revision; called from its `upgrade()`."""
    text = (VERSIONS / f"{name}.sql").read_text(encoding="utf-8")
    import_module("alembic.op").get_bind().exec_driver_sql(text.replace("%", "%%"))
