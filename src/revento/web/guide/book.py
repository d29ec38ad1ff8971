"""The guide as a whole: its pages in order, read at the first visit, each turned into HTML at its own first one."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from revento.web.guide import markup
from revento.web.guide.markup import Heading

_PACKAGED: Final = Path(__file__).parent / "sources"
_CHECKOUT: Final = Path(__file__).parents[4]  # the project, when Revento runs from its sources
ROOT: Final = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
_FRONT: Final = re.compile(r"\A# (?P<title>[^\n]+)\n\n(?P<say>[^\n]+)\n")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS: Final = re.compile(r"[`*#|>]|-{3,}")
_CODE: Final = re.compile(r"```.*?```", re.DOTALL)
_EXCERPT: Final = 160


class Chapter(msgspec.Struct, frozen=True):
    """A group of pages in the side navigation."""

    title: str
    pages: list[str]


class Contents(msgspec.Struct, frozen=True):
    """`guide/contents.json`: the order of pages, and where readers write to."""

    feedback: str
    version: str
    chapters: list[Chapter]


class Page(msgspec.Struct, frozen=True):
    """One page. `markdown` is its twin: the same words, every table and sample in place."""

    slug: str
    chapter: str
    title: str
    say: str
    markdown: str


class Found(msgspec.Struct, frozen=True):
    """One place that a search has found."""

    slug: str
    anchor: str
    title: str
    words: str


@cache
def contents() -> Contents:
    """What there is, in order."""
    return msgspec.json.decode((ROOT / "guide" / "contents.json").read_bytes(), type=Contents)


@cache
def pages() -> dict[str, Page]:
    """Every page by its slug, in the book's order. Raises `MistakeInGuide`."""
    return {slug: _page(slug, chapter.title) for chapter in contents().chapters for slug in chapter.pages}


def _page(slug: str, chapter: str) -> Page:
    source = (ROOT / "guide" / f"{slug}.md").read_text(encoding="utf-8")
    front = _FRONT.match(source)
    if front is None:
        raise markup.MistakeInGuide(f"{slug}.md must begin with a title and one sentence")
    body = markup.expand(source[front.end() :], ROOT)
    return Page(slug, chapter, front["title"], front["say"], f"{front[0]}{body}")


@cache
def shown(slug: str) -> tuple[str, list[Heading]]:
    """A page's HTML without its title and first sentence, and its headings."""
    markdown = pages()[slug].markdown
    front = _FRONT.match(markdown)
    return markup.to_html(markdown[front.end() if front else 0 :])


def beside(slug: str) -> tuple[Page | None, Page | None]:
    """The page before and the page after."""
    order = list(pages().values())
    place = next(number for number, page in enumerate(order) if page.slug == slug)
    return (order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None)


@cache
def index() -> list[Found]:
    """Every section as the search looks at it: page, anchor, heading, words."""
    found: list[Found] = []
    for page in pages().values():
        parts = re.split(r"^#{2,3} (.+)$", _CODE.sub("", page.markdown), flags=re.MULTILINE)
        found.append(Found(page.slug, "", page.title, _words(_FRONT.sub(r"\g<say> ", parts[0]))))
        for title, body in zip(parts[1::2], parts[2::2], strict=True):
            heading = _words(title)
            found.append(Found(page.slug, markup.anchor(heading), f"{page.title}: {heading}", _words(body)))
    return found


def _words(markdown: str) -> str:
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", _CODE.sub(" ", markdown)).replace("|", " ")).split())


def search(query: str, limit: int = 20) -> list[Found]:
    """Sections that hold every word, those that name it in their heading first."""
    words = query.lower().split()
    if not words:
        return []
    hits = [one for one in index() if all(word in f"{one.title} {one.words}".lower() for word in words)]
    hits.sort(key=lambda one: -sum(word in one.title.lower() for word in words))
    return [Found(one.slug, one.anchor, one.title, _excerpt(one.words, words[0])) for one in hits[:limit]]


def _excerpt(words: str, about: str) -> str:
    """Some words around the first that was asked for; none is cut."""
    place = words.rfind(" ", 0, max(words.lower().find(about) - _EXCERPT // 3, 0)) + 1
    cut = words[place : place + _EXCERPT]
    if place + _EXCERPT < len(words):
        cut = f"{cut.rpartition(' ')[0]} …"
    return f"… {cut}" if place else cut


def llms(base_url: str) -> str:
    """`llms.txt`: what the guide is, and every page's Markdown twin."""
    lines = ["# Revento: the integrator's guide", "", "> Connect an event, read it, receive its webhooks.", ""]
    for chapter in contents().chapters:
        lines += [f"## {chapter.title}", ""]
        lines += [
            f"- [{pages()[slug].title}]({base_url}/guide/{slug}.md): {pages()[slug].say}" for slug in chapter.pages
        ]
        lines.append("")
    return "\n".join(lines)
