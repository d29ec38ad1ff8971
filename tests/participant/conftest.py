"""The browser of the browser tests, and a convention seen by those who come to it."""

from ..browser.conftest import browser, page_at, site

__all__ = ["browser", "page_at", "site"]
