"""SQL of day partitions. A partition is named after its day: messages_20260731; days are those of UTC."""

from datetime import date

from revento.kernel.db import Tx

# DO takes no parameters, so they come in as settings of this transaction.
SET_DAY = """
    SELECT set_config('revento.table', %(table)s, true), set_config('revento.day', %(day)s, true)
"""

# A day of which rows lie in the default partition already stays there, until DROP_FROM_DEFAULT takes them.
CREATE_DAY = """
    DO $$
    DECLARE
        parent text := current_setting('revento.table');
        day date := current_setting('revento.day')::date;
        name text := parent || '_' || to_char(day, 'YYYYMMDD');
        since timestamptz := day::timestamp AT TIME ZONE 'UTC';
        until timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
        key text := (SELECT a.attname FROM pg_partitioned_table p
                       JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
                      WHERE p.partrelid = parent::regclass);
        taken boolean;
    BEGIN
        IF to_regclass(quote_ident(name)) IS NOT NULL THEN RETURN; END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I >= %L AND %I < %L)', parent || '_default', key, since,
                       key, until) INTO taken;
        IF taken THEN RETURN; END IF;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent, since, until);
    END $$
"""


async def create_day(tx: Tx, table: str, day: date) -> None:
    """Makes a day's partition, unless it is there or its rows are in the default one. Locks the table for a moment."""
    await tx.run(SET_DAY, table=table, day=day.isoformat())
    await tx.run(CREATE_DAY)


LIST_DAYS = """
    SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = %(table)s::regclass AND c.relname ~ '_[0-9]{8}$'
     ORDER BY day
"""


async def list_days(tx: Tx, table: str) -> list[date]:
    """The days that have partitions, oldest first."""
    return await tx.all(date, LIST_DAYS, table=table)


DROP_DAY = """
    DO $$
    BEGIN
        EXECUTE format('DROP TABLE %I', current_setting('revento.table') || '_'
                       || to_char(current_setting('revento.day')::date, 'YYYYMMDD'));
    END $$
"""


async def drop_day(tx: Tx, table: str, day: date) -> None:
    """Drops a day with everything in it. Locks the table for a moment."""
    await tx.run(SET_DAY, table=table, day=day.isoformat())
    await tx.run(DROP_DAY)


DROP_FROM_DEFAULT = """
    DO $$
    DECLARE
        parent text := current_setting('revento.table');
        key text := (SELECT a.attname FROM pg_partitioned_table p
                       JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
                      WHERE p.partrelid = parent::regclass);
    BEGIN
        EXECUTE format('DELETE FROM %I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE %I < %L LIMIT 50000))',
                       parent || '_default', parent || '_default', key,
                       current_setting('revento.day')::timestamp AT TIME ZONE 'UTC');
    END $$
"""


async def drop_from_default(tx: Tx, table: str, before: date) -> None:
    """Deletes up to 50,000 older rows from the default partition, where rows land for which no day was made."""
    await tx.run(SET_DAY, table=table, day=before.isoformat())
    await tx.run(DROP_FROM_DEFAULT)
