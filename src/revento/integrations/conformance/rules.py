"""The checklist of contract §10, and which checks of the kit prove each line."""

from typing import Final

import msgspec

from revento.integrations.conformance.models import Checked, Item, Report

FORMAT: Final = "revento-conformance-report/1"
MOST_BYTES: Final = 512 * 1024


class Line(msgspec.Struct, frozen=True):
    """One line: what is asked, the checks that prove it, what to do when none of them ran."""

    key: str
    title: str
    proofs: tuple[str, ...]
    hint: str = ""


_PROBE: Final = "Run the kit with --probe, so that it sees what your server kept."
_READ: Final = "Run the kit with --read, so that it makes your server read the API."
LINES: Final = (
    Line(
        "signature",
        "Refuses every message without a right signature",
        (
            *("webhook.missing_signature", "webhook.empty_signature", "webhook.wrong_signature", "webhook.sha1"),
            *("webhook.old_scheme", "webhook.only_previous", "webhook.altered_byte", "webhook.appended_byte"),
        ),
        "Run the kit against your webhook address.",
    ),
    Line("constant_time", "Compares the whole signature, in constant time", ("webhook.truncated",)),
    Line(
        "stale",
        "Refuses stale timestamps",
        ("webhook.stale", "webhook.from_the_future", "webhook.malformed_timestamp", "webhook.missing_timestamp"),
    ),
    Line("rotation", "Accepts both secrets while they are rotated", ("webhook.rotation",)),
    Line("in_time", "Answers within 10 seconds", ("webhook.in_time",)),
    Line("dedupe", "Processes a delivery once, by its id", ("webhook.duplicate", "webhook.at_once"), _PROBE),
    Line("deletion", "Erases on demand and confirms", ("webhook.deletion",), _PROBE),
    Line("state", "Binds the callback to the browser that began", ("callback.wrong_state", "callback.another_browser")),
    Line("stored", "Stores the rotated refresh token before using the access token", ("token.rotated",), _READ),
    Line("races", "Serialises racing refreshes", ("token.race", "token.lost_answer"), _READ),
    Line("permanent", "Takes invalid_grant as permanent", ("token.invalid_grant",), _READ),
    Line("told_apart", "Tells token_revoked and token_expired apart", ("token.revoked", "token.expired"), _READ),
)


def checklist(report: Report | None) -> list[Item]:
    """Every line with the checks that prove it. A line passes when all of its checks ran and none failed."""
    found = {check.id: check for check in report.checks} if report else {}
    return [_item(line, [found[id] for id in line.proofs if id in found]) for line in LINES]


def _item(line: Line, checks: list[Checked]) -> Item:
    if any(check.status == "fail" for check in checks):
        state = "failed"
    elif len(checks) == len(line.proofs) and all(check.status in ("pass", "warn") for check in checks):
        state = "passed"
    else:
        state = "missing"
    return Item(line.key, line.title, state, checks, line.hint or LINES[0].hint)


def is_ready(items: list[Item]) -> bool:
    """Whether nothing on the checklist failed and nothing is missing."""
    return all(item.state == "passed" for item in items)


def counted(report: Report) -> tuple[int, int]:
    """How many checks passed and how many failed."""
    statuses = [check.status for check in report.checks]
    return statuses.count("pass"), statuses.count("fail")
