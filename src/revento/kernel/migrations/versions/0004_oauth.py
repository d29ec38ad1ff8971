"""The authorization server: consent, codes, token families, tokens, their audit."""

from revento.kernel.migrations import run_sql

revision = "0004_oauth"
down_revision = "0003_integrations"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    run_sql("0004_oauth")
