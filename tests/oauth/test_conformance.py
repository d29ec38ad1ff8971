"""The checklist is whole, and what docs/oauth-conformance.md says of it is what there is."""

import re

from tests.oauth import conformance

_LINE = re.compile(r"\| (\d+) \| (yes|\*\*no\*\*) \| (.*) \|")


def test_every_point_of_the_checklist_has_a_test_by_its_number() -> None:
    assert sorted(conformance.defined()) == list(range(1, conformance.POINTS + 1))


def test_the_conformance_table_names_every_test_there_is_and_all_of_them_hold() -> None:
    lines = _LINE.findall(conformance.TABLE.read_text(encoding="utf-8"))
    assert [(int(number), holds) for number, holds, _ in lines] == [
        (number, "yes") for number in range(1, conformance.POINTS + 1)
    ]
    told = {int(number): sorted(re.findall(r"(?:^|<br>)(.+?) \(\d+\)(?=<br>|$)", seen)) for number, _, seen in lines}
    assert told == {number: sorted(tests) for number, tests in conformance.defined().items()}
