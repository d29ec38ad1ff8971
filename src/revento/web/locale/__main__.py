"""`python -m revento.web.locale`: bring every catalogue up to date with the sources and show what each still lacks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from revento.web.locale import catalogues

SHOWN: Final = 20


def main() -> int:
    """Rewrites the catalogues, or with `--check` only looks. Exits with 1 when something is missing or out of date."""
    only_look = "--check" in sys.argv[1:]
    bad = False
    for path in catalogues.files():
        catalog = catalogues.renewed(path)
        lacking = catalogues.lacking(catalog)
        stale = catalogues.written(catalog) != path.read_bytes()
        if stale and not only_look:
            path.write_bytes(catalogues.written(catalog))
        bad = bad or bool(lacking) or (stale and only_look)
        _tell(path, len(catalog), lacking, stale=stale and only_look)
    return int(bad)


def _tell(path: Path, known: int, lacking: list[str], *, stale: bool) -> None:
    out = sys.stdout.write
    out(f"{path.name}: {known - len(lacking)} of {known} translated{', out of date' if stale else ''}\n")
    for said in lacking[:SHOWN]:
        out(f"  lacks: {said}\n")
    if len(lacking) > SHOWN:
        out(f"  and {len(lacking) - SHOWN} more\n")


if __name__ == "__main__":
    sys.exit(main())
