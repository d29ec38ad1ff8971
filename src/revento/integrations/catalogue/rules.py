"""Decisions about registering, suspending, unpublishing."""

from typing import Final

from revento.contract import errors
from revento.contract.errors import Reason
from revento.contract.manifest import Environment, Manifest
from revento.identity.organizations import rules as organizations
from revento.identity.organizations.models import Organization
from revento.integrations.catalogue.models import Integration

NO_OWNER: Final = Reason(
    "organization_required", 409, "An in-house integration or a script belongs to an organization."
)
NEEDS_REVIEW: Final = Reason(
    "review_required", 409, "A public integration gets production credentials by submitting it for review."
)


def why_not_register(manifest: Manifest, organization: Organization | None, environment: Environment) -> Reason | None:
    """Who may register what: the sandbox is open, production needs a verified organization or a review."""
    if environment == "sandbox":
        return errors.SANDBOX_ONLY if organization is not None and not organization.is_sandbox else None
    if organization is None:
        return NO_OWNER
    if organization.is_sandbox:
        return errors.PRODUCTION_ONLY
    if reason := organizations.why_not_connect(organization):
        return reason
    return NEEDS_REVIEW if manifest.kind == "public" else None


def why_not_suspend(integration: Integration) -> Reason | None:
    """What is unpublished or suspended already cannot be suspended."""
    return errors.WRONG_STATE if integration.state in ("suspended", "unpublished") else None


def why_not_resume(integration: Integration) -> Reason | None:
    """Only a suspension can be lifted."""
    return None if integration.state == "suspended" else errors.WRONG_STATE


def why_not_unpublish(integration: Integration) -> Reason | None:
    """Only what is, or before its suspension was, in the catalogue can leave it."""
    state = integration.state_before_suspension if integration.state == "suspended" else integration.state
    return None if state in ("published", "approved", "sandbox", "submitted") else errors.WRONG_STATE
