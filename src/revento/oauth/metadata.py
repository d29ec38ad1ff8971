"""What the server says about itself: RFC 8414 for the authorization server, RFC 9728 for the API."""

from typing import Any, Final

from revento.contract import scopes
from revento.oauth import pkce

RESOURCE: Final = "/api/v1"
CLIENT_AUTHENTICATION: Final = ["client_secret_basic", "client_secret_post"]


def authorization_server(issuer: str) -> dict[str, Any]:
    """RFC 8414 §2. `issuer` is the configured origin: request headers change nothing here."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": [scope.name for scope in scopes.ALL],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": [pkce.METHOD],
        "token_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "revocation_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "introspection_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{issuer}/guide",
    }


def protected_resource(issuer: str, path: str = "") -> dict[str, Any]:
    """RFC 9728 §2, for the resource that is the issuer itself or one with a path under it."""
    return {
        "resource": f"{issuer}{path}",
        "authorization_servers": [issuer],
        "scopes_supported": [scope.name for scope in scopes.ALL],
        "bearer_methods_supported": ["header"],
        "resource_name": "Revento API",
        "resource_documentation": f"{issuer}/guide",
    }
