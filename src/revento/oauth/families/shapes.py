"""Tokens as the wire shows them."""

from revento.contract.v1 import token as wire
from revento.oauth.families.models import Bearer, RefreshToken, TokenPair


def tokens(pair: TokenPair) -> wire.InstallationTokens:
    """The answer of the token endpoint; user tokens also name the person (contract §3.2)."""
    if pair.user_id is not None:
        return wire.UserTokens(
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_in=pair.expires_in,
            refresh_expires_in=pair.refresh_expires_in,
            scope=" ".join(pair.scopes),
            event_id=pair.event_id,
            organization_id=pair.organization_id,
            user_id=pair.user_id,
        )
    return wire.InstallationTokens(
        access_token=pair.access_token,
        refresh_token=pair.refresh_token,
        expires_in=pair.expires_in,
        refresh_expires_in=pair.refresh_expires_in,
        scope=" ".join(pair.scopes),
        event_id=pair.event_id,
        organization_id=pair.organization_id,
    )


def introspected(token: Bearer | RefreshToken, issuer: str) -> wire.Introspection:
    """A live token of the asking client. A refresh token has no `token_type`: it is not for the API."""
    return wire.Introspection(
        active=True,
        client_id=token.client_id,
        scope=" ".join(token.scopes),
        exp=int(token.expires_at.timestamp()),
        iat=int(token.issued_at.timestamp()),
        iss=issuer,
        event_id=token.event_id,
        organization_id=token.organization_id,
        token_type="Bearer" if isinstance(token, Bearer) else None,
        sub=token.user_id,
    )
