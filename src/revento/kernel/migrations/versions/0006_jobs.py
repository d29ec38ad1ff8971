"""The job queue's own schema, as its library ships it."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0006_jobs"
down_revision = "0005_access"


def upgrade() -> None:
    """Creates the tables and functions that procrastinate owns."""
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
