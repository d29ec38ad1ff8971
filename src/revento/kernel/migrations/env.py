"""Alembic's environment: one transaction per revision, one migrating process at a time, impatient with locks."""

from alembic import context
from sqlalchemy import create_engine, text

ADVISORY_KEY = 7_360_142  # any number; the same for every process that migrates this database

engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = '60s'"))
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_KEY})
    connection.commit()
engine.dispose()
