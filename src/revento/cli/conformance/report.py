"""Findings on a terminal, as JSON, as JUnit, and as a signed report that a submission can carry."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import msgspec

from revento.cli import terminal
from revento.cli.conformance.models import FORMAT, Finding, Status
from revento.contract.v1.wire import stamp

_MARKS: Final = {Status.PASS: "✓ pass", Status.FAIL: "✗ FAIL", Status.WARN: "! warn", Status.UNKNOWN: "? unknown"}
_COLOURS: Final = {Status.PASS: "green", Status.FAIL: "bold red", Status.WARN: "yellow", Status.UNKNOWN: "dim"}


def summary(findings: Sequence[Finding]) -> dict[str, int]:
    """How many of each status, none left out."""
    counted = Counter(finding.status for finding in findings)
    return {str(status): counted[status] for status in Status}


def show(findings: Sequence[Finding], guide: str) -> None:
    """The table, then each thing to do with what was sent, what came back, why it matters and where to read."""
    for found in findings:
        colour = _COLOURS[found.status]
        terminal.out.print(f"[{colour}]{_MARKS[found.status]:10}[/] {found.id:28} {found.title}")
    for found in findings:
        if found.status in (Status.FAIL, Status.WARN):
            terminal.out.print(f"\n[{_COLOURS[found.status]}]{_MARKS[found.status]}  {found.id}[/]: {found.title}")
            for name, text in (
                ("sent", found.sent),
                ("got", found.got),
                ("why", found.why),
                ("read", guide + found.read),
            ):
                terminal.out.print(f"  {name:5} {text}", markup=False)
    hints = dict.fromkeys(found.got for found in findings if found.status is Status.UNKNOWN)
    if hints:
        terminal.out.print("\nNot seen:")
        for hint in hints:
            terminal.out.print(f"  {hint}", markup=False)
    counted = summary(findings)
    terminal.out.print("\n" + ", ".join(f"{number} {name}" for name, number in counted.items() if number))


def document(findings: Sequence[Finding], *, target: str, client_id: str, now: datetime) -> dict[str, Any]:
    """Everything as one JSON document."""
    return {
        "format": FORMAT,
        "created_at": stamp(now),
        "kit_version": version("revento"),
        "client_id": client_id,
        "target": target,
        "summary": summary(findings),
        "checks": msgspec.to_builtins(findings),
    }


def signed(report: dict[str, Any], webhook_secret: str) -> bytes:
    """The report as a file: its exact text, and an HMAC over that text (docs/conformance-report.md)."""
    text = msgspec.json.encode(report).decode()
    signature = hmac.new(webhook_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    file = {"format": FORMAT, "client_id": report["client_id"], "report": text, "signature": f"sha256={signature}"}
    return msgspec.json.format(msgspec.json.encode(file), indent=2)


def junit(findings: Sequence[Finding], target: str) -> bytes:
    """The findings for CI: failures fail, advice and the unseen are told as skipped."""
    counted = summary(findings)
    suite = ElementTree.Element(
        "testsuite",
        name="revento check",
        hostname=target,
        tests=str(len(findings)),
        failures=str(counted["fail"]),
        skipped=str(counted["unknown"] + counted["warn"]),
    )
    for found in findings:
        case = ElementTree.SubElement(
            suite, "testcase", classname=found.id.partition(".")[0], name=found.id, time=f"{found.took_ms / 1000:.3f}"
        )
        text = f"sent: {found.sent}\ngot: {found.got}\nwhy: {found.why}\nread: {found.read}"
        if found.status is Status.FAIL:
            ElementTree.SubElement(case, "failure", message=found.got).text = text
        elif found.status is not Status.PASS:
            ElementTree.SubElement(case, "skipped", message=f"{found.status}: {found.got}")
    return ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)


def write(path: Path, content: bytes) -> None:
    """Writes a file for its owner's eyes."""
    path.write_bytes(content)
