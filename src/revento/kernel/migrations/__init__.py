"""The schema's history: Alembic drives plain-SQL revisions, forward only, under an advisory lock."""

from importlib import resources
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

HERE = Path(__file__).parent


def upgrade(database_url: str) -> None:
    """Brings the database to the newest revision. Safe to run by several processes at once (one waits)."""
    command.upgrade(_config(database_url), "head")


def is_current(database_url: str) -> bool:
    """Whether the database stands at the newest revision; for `/readyz` and `revento doctor`."""
    head = ScriptDirectory.from_config(_config(database_url)).get_current_head()
    engine = create_engine(sqlalchemy_url(database_url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == head
    finally:
        engine.dispose()


def run_sql(name: str) -> None:
    """Runs the `.sql` file that lies beside a revision; called from its `upgrade()`."""
    text = (resources.files(__name__) / "versions" / f"{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text.replace("%", "%%"))


def sqlalchemy_url(database_url: str) -> str:
    """The same address for SQLAlchemy, through our driver."""
    _, _, rest = database_url.partition("://")
    return f"postgresql+psycopg://{rest}"


def _config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = sqlalchemy_url(database_url)
    return config
