"""`python -m tests.oauth.conformance`: runs the checklist and writes what came of it to docs/oauth-conformance.md.

Every test in `tests/oauth/checklist` begins with the number of its point; its name says what was seen.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKLIST = ROOT / "tests" / "oauth" / "checklist"
TABLE = ROOT / "docs" / "oauth-conformance.md"
POINTS = 70
SECTIONS = {
    "A": ("Authorization endpoint", 1, 14),
    "B": ("PKCE", 15, 19),
    "C": ("Authorization code", 20, 24),
    "D": ("Client authentication", 25, 29),
    "E": ("Token endpoint", 30, 37),
    "F": ("Refresh", 38, 46),
    "G": ("Revocation and introspection", 47, 51),
    "H": ("Metadata", 52, 53),
    "I": ("Consent and sign-in", 54, 65),
    "J": ("Bearer tokens at the API", 66, 68),
    "K": ("At rest and in logs", 69, 70),
}
_DEFINED = re.compile(r"def test_(?P<number>\d\d)_(?P<words>\w+)\(")
_NAME = re.compile(r"(?P<file>[^/]+\.py)::test_(?P<number>\d\d)_(?P<words>\w+)(?P<case>\[.*\])?$", re.DOTALL)


def defined() -> dict[int, list[str]]:
    """The tests that stand in the checklist's files, by point."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted(CHECKLIST.glob("test_*.py")):
        for test in _DEFINED.finditer(path.read_text(encoding="utf-8")):
            found[int(test["number"])].append(test["words"].replace("_", " "))
    return found


class Outcomes:
    """A pytest plugin that keeps what each point's tests came to."""

    def __init__(self) -> None:
        self.by_point: dict[int, dict[tuple[str, str], list[bool]]] = defaultdict(lambda: defaultdict(list))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test."""
        found = _NAME.search(report.nodeid)
        if found and (report.when == "call" or report.failed):
            key = (found["file"], found["words"].replace("_", " "))
            self.by_point[int(found["number"])][key].append(report.passed)


def table(outcomes: Outcomes) -> str:
    """The document."""
    passed = sum(bool(tests) and all(all(cases) for cases in tests.values()) for tests in outcomes.by_point.values())
    lines = [
        "# OAuth conformance",
        "",
        "Written by `python -m tests.oauth.conformance` from a test run; do not edit. The points are those of the",
        "OAuth checklist (RFC 6749, 6750, 7009, 7636, 7662, 8414, 9207, 9700, 9728 and what went wrong elsewhere).",
        "Each line is a test in `tests/oauth/checklist`, by its name; the number in brackets is how many cases it ran.",
        "",
        f"**{passed} of {POINTS} points hold.**",
        "",
    ]
    for letter, (title, first, last) in SECTIONS.items():
        lines += [f"## {letter}. {title}", "", "| point | holds | seen |", "|---|---|---|"]
        for number in range(first, last + 1):
            tests = outcomes.by_point.get(number, {})
            holds = bool(tests) and all(all(cases) for cases in tests.values())
            said = "<br>".join(f"{words} ({len(cases)})" for (_, words), cases in tests.items()) or "no test ran"
            lines.append(f"| {number} | {'yes' if holds else '**no**'} | {said} |")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Runs the checklist; 0 when all of it holds, and every point has a test that ran."""
    outcomes = Outcomes()
    code = pytest.main([str(CHECKLIST), *sys.argv[1:]], plugins=[outcomes])
    TABLE.write_text(table(outcomes), encoding="utf-8")
    silent = [number for number in range(1, POINTS + 1) if number not in outcomes.by_point]
    if silent:
        sys.stderr.write(f"no test ran for points {silent}\n")
    return int(code) or bool(silent)


if __name__ == "__main__":
    sys.exit(main())
