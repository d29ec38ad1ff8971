"""Lists that are read page by page while they are iterated."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any, Generic, TypedDict, TypeVar

T = TypeVar("T")


class Page(TypedDict, Generic[T]):
    """One page of a list."""

    data: list[T]
    next_cursor: str | None
    has_more: bool


class Pages(Generic[T]):
    """A list, read page by page while it is iterated. `pages()` gives whole pages."""

    def __init__(self, ask: Callable[[Mapping[str, Any]], Page[T]], query: Mapping[str, Any]) -> None:
        self._ask, self._query = ask, query

    def pages(self) -> Iterator[Page[T]]:
        """Every page, the first one first."""
        page = self._ask(self._query)
        yield page
        while page["has_more"]:
            page = self._ask({**self._query, "cursor": page["next_cursor"]})
            yield page

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page["data"]


class AsyncPages(Generic[T]):
    """The same for `async for`."""

    def __init__(self, ask: Callable[[Mapping[str, Any]], Awaitable[Page[T]]], query: Mapping[str, Any]) -> None:
        self._ask, self._query = ask, query

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Every page, the first one first."""
        page = await self._ask(self._query)
        yield page
        while page["has_more"]:
            page = await self._ask({**self._query, "cursor": page["next_cursor"]})
            yield page

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for one in page["data"]:
                yield one
