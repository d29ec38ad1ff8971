"""The page that says what the kit catches: each broken integration of the tests with the checks that tell.

`python -m tests.conformance.matrix` writes it; a test compares, so that the page is what the tests just saw.
"""

from pathlib import Path

from revento.cli.conformance.running import CHECKS
from tests.conformance.faults import ADVICE, CAUGHT, FAULTS

PAGE = Path(__file__).parents[2] / "guide" / "conformance-matrix.md"
HEAD = f"""# What the kit catches

{len(FAULTS)} integrations, each wrong in one way, and the checks that say so.

We build these faults into an integration that is right in everything else. Our tests run the kit on each.
It must be caught by the checks below and by no other. This page is written by those tests.

| if your code | the kit says |
|---|---|
"""


def page() -> str:
    """The page's Markdown."""
    titles = {check.id: check.title for check in CHECKS}
    return HEAD + "".join(f"| {FAULTS[fault]} | {_told(fault, titles)} |\n" for fault in CAUGHT)


def _told(fault: str, titles: dict[str, str]) -> str:
    ids = sorted(CAUGHT[fault])
    word = "advice" if fault in ADVICE else "fails"
    shown = [f"`{id}`" for id in ids[:4]] + ([f"and {len(ids) - 4} more"] if len(ids) > 4 else [])
    first = titles[ids[0]] if len(ids) == 1 else ""
    return f"{word}: {', '.join(shown)}" + (f" ({first})" if first else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
