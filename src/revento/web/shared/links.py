"""Addresses of other people's software, with what we add to them."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def with_query(url: str, **told: str) -> str:
    """The address with these parameters set, whatever else its query holds."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in told]
    return urlunsplit(parts._replace(query=urlencode([*kept, *told.items()])))
