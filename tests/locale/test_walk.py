"""Promise: whoever reads German meets no English of ours, on any page that links lead to."""

import json
import re
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from revento.identity.users import queries as users
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from tests.furnished import PEOPLE, furnish, is_page, kind_of
from tests.visits import Site, Visitor, opened

GUIDE = re.compile(r"^/guide(/|$)")  # written in English
# Words that English sentences have and German ones have not.
ENGLISH = re.compile(
    r"\b(the|and|of|your|you|with|not|this|that|are|from|who|what|until|every|nobody|it|by|no|yet|to)\b", re.IGNORECASE
)


# What sets parts of a text apart in Markdown: paragraphs, emphasis and headings, cells, entries of lists.
MARKS = re.compile(r"\n\s*\n|[*_#]+|\||^(?:-|\d+\.) ", re.MULTILINE)


class Page(HTMLParser):
    """What a page says, and where it leads."""

    SAID = ("title", "alt", "placeholder", "aria-label")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.hrefs: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "code", "pre")
        self.said += [value for name, value in attrs if name in self.SAID and value]
        self.hrefs += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "code", "pre")

    def handle_data(self, data: str) -> None:
        if self._silent == 0 and (said := " ".join(data.split())):
            self.said.append(said)


@pytest.fixture
def database_url(sandbox_url: str) -> str:
    """The sandbox is there."""
    return sandbox_url


@pytest.fixture
async def site(database_url: str, clock: Clock, tmp_path: Path) -> AsyncGenerator[Site]:
    async with opened(database_url, clock, tmp_path) as made:
        yield made


def texts(value: Any) -> Iterator[str]:
    """Every string inside of a row, and the parts of it that Markdown sets apart."""
    if isinstance(value, str):
        yield from (" ".join(part.split()) for part in (value, *MARKS.split(value)))
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


async def peoples_own(db: Database) -> re.Pattern[str]:
    """Everything that people (and the sandbox) wrote, as a pattern: no words of ours."""
    found: list[str] = []
    async with db.tx() as tx:
        for table in await tx.all(
            str, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ):
            if table not in ("alembic_version", "mails"):
                rows = await tx.all(str, f"SELECT row_to_json(t)::text FROM {table} t")  # pyright: ignore
                found += [text for row in rows for text in texts(json.loads(row))]
    return re.compile("|".join(re.escape(text) for text in sorted({*found}, key=len, reverse=True) if len(text) > 5))


async def walk(visitor: Visitor, start: str, seen: set[str]) -> dict[str, Page]:
    """One page of each kind that nobody has seen yet."""
    pages, waiting = dict[str, Page](), deque([start])
    while waiting:
        path = waiting.popleft()
        answer = await visitor.get(path, follow_redirects=True)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert answer.status_code == 200, (path, answer.status_code)
        assert '<html lang="de"' in answer.text, path
        pages[path] = Page(answer.text)
        for href in pages[path].hrefs:
            kind = kind_of(href)
            if href.startswith("/") and kind not in seen and is_page(href) and not GUIDE.search(kind):
                seen.add(kind)
                waiting.append(href)
    return pages


STARTS = {"participant": "/", "organizer": "/organizer", "integrator": "/developer", "operator": "/operator"}


async def test_promise_german_pages_say_nothing_in_english(site: Site) -> None:
    async with site.db.tx() as tx:
        await furnish(tx, site.clock)
        await tx.run("UPDATE users SET locale = 'de'")
        ids = {role: (await users.find_by_email(tx, PEOPLE[role])).id for role in STARTS}  # type: ignore[union-attr]
    own, seen, pages = await peoples_own(site.db), set[str](), dict[str, Page]()
    for role, start in STARTS.items():
        pages |= await walk(await site.as_user(ids[role]), start, seen)
    assert len(pages) >= 45, list(pages)
    english = {
        path: left
        for path, page in pages.items()
        if (left := [said for said in page.said if ENGLISH.search(own.sub("", said))])
    }
    assert english == {}


async def test_whoever_is_not_signed_in_reads_the_browsers_language(site: Site) -> None:
    visitor = await site.anybody()
    for language, lang in (("de-CH,en;q=0.5", "de"), ("fr", "en"), ("", "en")):
        answer = await visitor.get("/", headers={"Accept-Language": language})
        assert f'<html lang="{lang}"' in answer.text
        assert "Accept-Language" in answer.headers["vary"]
    chosen = await visitor.post("/account/language", {"locale": "de", "next": "/find"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/find")
    assert '<html lang="de"' in (await visitor.get("/find")).text
