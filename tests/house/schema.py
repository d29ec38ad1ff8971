"""The database's catalogue as text: what the migrations really made, in an order that does not change.

`python -m tests.house.schema` writes `schema.txt`; a test compares. A change is read in review.
"""

import tempfile
from pathlib import Path

import psycopg

from revento.kernel import migrations
from revento.kernel.embedded import Embedded

FILE = Path(__file__).with_name("schema.txt")
COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname !~ '^(procrastinate_|alembic_)'
     ORDER BY c.relname, a.attnum
"""
CONSTRAINTS = """
    SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
      FROM pg_constraint k
      JOIN pg_class c ON c.oid = k.conrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
     WHERE NOT c.relispartition AND k.contype <> 'n' AND c.relname !~ '^(procrastinate_|alembic_)'
     ORDER BY c.relname, k.contype, k.conname
"""
INDEXES = """
    SELECT i.tablename, i.indexname, i.indexdef
      FROM pg_indexes i
      JOIN pg_class c ON c.relname = i.tablename
     WHERE i.schemaname = 'public' AND NOT c.relispartition AND i.tablename !~ '^(procrastinate_|alembic_)'
     ORDER BY i.tablename, i.indexname
"""


def describe(url: str) -> str:
    """Tables with their columns, constraints and indexes."""
    with psycopg.connect(url) as connection:
        columns = connection.execute(COLUMNS).fetchall()
        constraints = connection.execute(CONSTRAINTS).fetchall()
        indexes = connection.execute(INDEXES).fetchall()
    lines: list[str] = []
    for table in sorted({row[0] for row in columns}):
        lines += ["", table]
        for _, name, kind, required, default, identity in (row for row in columns if row[0] == table):
            said = f"  {name} {kind}" + (" NOT NULL" if required else "")
            lines.append(said + (f" DEFAULT {default}" if default else "") + (" IDENTITY" if identity else ""))
        lines += [f"  {name}: {text}" for of, name, text in constraints if of == table]
        lines += [f"  {text}" for of, _, text in indexes if of == table]
    return "\n".join(lines).strip() + "\n"


def main() -> None:
    """Migrates an empty database and writes the file."""
    with tempfile.TemporaryDirectory() as folder:
        server = Embedded.start(Path(folder) / "pg", settings={"fsync": "off"})
        try:
            migrations.upgrade(server.url)
            FILE.write_text(describe(server.url))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
