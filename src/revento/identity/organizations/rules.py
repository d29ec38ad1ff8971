"""Decisions about organizations."""

from revento.contract import errors
from revento.contract.errors import Reason
from revento.identity.organizations.models import Organization


def why_not_connect(organization: Organization) -> Reason | None:
    """Only a formal, verified organization may connect integrations (contract §1)."""
    verified = organization.kind == "formal" and organization.verification_status == "verified"
    return None if verified else errors.ORGANIZATION_NOT_VERIFIED


def why_not_request_verification(organization: Organization) -> Reason | None:
    """A pending or settled request is not made twice."""
    return errors.WRONG_STATE if organization.verification_status in ("pending", "verified") else None
