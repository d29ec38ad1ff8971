"""Decisions about submissions."""

from typing import Final

from revento.contract import errors, scopes
from revento.contract.errors import Reason
from revento.contract.manifest import Manifest
from revento.integrations.catalogue.models import Integration
from revento.integrations.submissions.models import Facts

MOST_SCREENSHOTS: Final = 6
# How much harm a scope can do in wrong hands: what the reviewer looks at first.
RISKS: Final = {
    "participants.read": "high",
    "profile.read": "high",
    "event.attendance": "medium",
    "program.read": "low",
    "event.read": "low",
}


def why_not_submit(integration: Integration, *, has_open: bool) -> Reason | None:
    """Only public integrations are reviewed, one submission at a time."""
    if integration.kind != "public" or has_open or integration.state in ("suspended", "unpublished"):
        return errors.WRONG_STATE
    return None


def wrong(facts: Facts) -> dict[str, str]:
    """What is missing beside the manifest, by field."""
    found: dict[str, str] = {}
    if len(facts.marketing_copy.strip()) < 40:
        found["marketing_copy"] = "Tell organizers in two or three sentences what it does for them."
    if not facts.demo_url.startswith("https://"):
        found["demo_url"] = "Expected an https address where a reviewer can try it."
    if not facts.notes.strip():
        found["notes"] = "Tell the reviewer how to try it: an account, where to click."
    if len(facts.screenshots) > MOST_SCREENSHOTS:
        found["screenshots"] = f"At most {MOST_SCREENSHOTS} screenshots."
    elif any(not each.startswith("https://") for each in facts.screenshots):
        found["screenshots"] = "Every screenshot is an https address, one a line."
    return found


def asked(manifest: Manifest) -> list[tuple[str, str, bool, str]]:
    """The scopes a manifest asks for, the riskiest first: name, risk, whether required, the stated purpose."""
    order = ("high", "medium", "low")
    named = scopes.in_order([*manifest.scopes.required, *manifest.scopes.optional])
    rows = [
        (name, RISKS[name], name in manifest.scopes.required, manifest.scopes.purposes.get(name, "")) for name in named
    ]
    return sorted(rows, key=lambda row: order.index(row[1]))
