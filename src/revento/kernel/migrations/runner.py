"""Alembic's end of the schema's history; imported only when there is something to run."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def upgrade(database_url: str) -> None:
    """Runs every revision that the database has not seen."""
    command.upgrade(_config(database_url), "head")


def _config(database_url: str) -> Config:
    _, _, rest = database_url.partition("://")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = f"postgresql+psycopg://{rest}"  # the same address for SQLAlchemy, through our driver
    return config
