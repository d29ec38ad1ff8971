"""Everything under `/oauth`, and the documents that describe it."""

from typing import Any, Final

from revento.web.oauth import (
    consent,
    report_leak,
    rfc6749_authorize,
    rfc6749_token,
    rfc7009_revoke,
    rfc7517_jwks,
    rfc7662_introspect,
    rfc8414_metadata,
    rfc9728_resource,
)

# What people see: these are guarded like every page.
PAGES: Final[list[Any]] = [*rfc6749_authorize.HANDLERS, *consent.HANDLERS]
# What programs call: no cookie counts here, so no form token is asked for.
PROGRAMS: Final[list[Any]] = [
    *rfc6749_token.HANDLERS,
    *rfc7009_revoke.HANDLERS,
    *rfc7517_jwks.HANDLERS,
    *rfc7662_introspect.HANDLERS,
    *report_leak.HANDLERS,
    *rfc8414_metadata.HANDLERS,
    *rfc9728_resource.HANDLERS,
]
