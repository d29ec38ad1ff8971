"""The guide's own Markdown: directives become plain Markdown first (that is a page's twin), then HTML.

`{{ table scopes }}` a table made from the contract · `{{ sample path#part language }}` code out of a file that tests
run · `{{ json name }}` a recorded answer. Fences whose info ends in `tab` stand side by side as tabs.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import format as formatted
from pygments import lex
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType]
from pygments.token import STANDARD_TYPES
from pygments.token import Token as Kind
from pygments.util import ClassNotFound

from revento.contract.render.guide import TABLES
from revento.web.shared import pages

_DIRECTIVE: Final = re.compile(r"^\{\{ (table|sample|json) ([^}]+?) \}\}$", re.MULTILINE)
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w.-]+")
_LABELS: Final = {"python": "Python", "js": "Node", "ts": "TypeScript", "sh": "Shell", "http": "HTTP", "json": "JSON"}
_TABS: Final = {"python": "python", "js": "js", "ts": "js", "sh": "curl"}  # the three values that the stylesheet knows
# What the stylesheet colours. All other words stand as they are: a page weighs a third without their marks.
_COLOURED: Final = {*["k", "kn", "nt", "kd", "kc", "s", "s1", "s2", "sa", "sb", "mi", "mf", "nv", "c1", "ch", "cm"]}
_LONGEST_LIST: Final = 2  # rows of a recorded list that are shown


class Heading(msgspec.Struct, frozen=True):
    """A heading of a page, for the table of contents and the search."""

    level: int
    anchor: str
    words: str


class Block(msgspec.Struct, frozen=True):
    """One piece of code, highlighted. `tab` is the stylesheet's name of its language."""

    label: str
    tab: str
    html: str


class MistakeInGuide(ValueError):
    """A page names a table, a file or a recording that is not there."""


def expand(source: str, root: Path) -> str:
    """Directives replaced by what they stand for. Raises `MistakeInGuide`."""

    def replaced(match: re.Match[str]) -> str:
        kind, rest = match[1], match[2].split()
        if kind == "table":
            if rest[0] not in TABLES:
                raise MistakeInGuide(f"there is no table {rest[0]!r}")
            return expand(TABLES[rest[0]](), root)
        if kind == "json":
            return f"```json\n{recorded(root, rest[0])}\n```"
        language = " ".join(rest[1:])
        return f"```{language}\n{sample(root, rest[0])}\n```"

    return _DIRECTIVE.sub(replaced, source)


def sample(root: Path, where: str) -> str:
    """A file below the project, or the part of it between `[name]` and `[/name]` marks."""
    path, _, part = where.partition("#")
    try:
        lines = (root / path).read_text(encoding="utf-8").rstrip().splitlines()
    except OSError as error:
        raise MistakeInGuide(f"{where}: {error.strerror}") from error
    if not part:
        return "\n".join(line for line in lines if not re.search(r"(#|//) \[/?[\w-]+\]$", line))
    marks = [number for number, line in enumerate(lines) if re.search(rf"(#|//) \[/?{re.escape(part)}\]$", line)]
    if len(marks) != 2:
        raise MistakeInGuide(f"{where}: the file has no part of this name")
    inside = [line for line in lines[marks[0] + 1 : marks[1]] if not re.search(r"(#|//) \[/?[\w-]+\]$", line)]
    indent = min((len(line) - len(line.lstrip()) for line in inside if line.strip()), default=0)
    return "\n".join(line[indent:] for line in inside).strip("\n")


def recorded(root: Path, name: str) -> str:
    """A recorded answer, long lists cut. Raises `MistakeInGuide`."""
    try:
        document = msgspec.json.decode((root / "guide" / "recorded" / f"{name}.json").read_bytes())
    except OSError as error:
        raise MistakeInGuide(f"no recording is called {name!r}") from error
    return msgspec.json.format(msgspec.json.encode(_shortened(document)), indent=2).decode()


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_shortened(one) for one in value[:_LONGEST_LIST]]  # pyright: ignore[reportUnknownVariableType]
    return value


def anchor(words: str) -> str:
    """A heading's address on its page; codes and types keep their names."""
    return _NOT_IN_ANCHORS.sub("-", words.lower()).strip("-")


def to_html(markdown: str) -> tuple[str, list[Heading]]:
    """HTML of a page's Markdown, and its headings."""
    tokens = _reader.parse(markdown)
    headings: list[Heading] = []
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag in ("h2", "h3"):
            words = plain(inline.children or [])
            opening.attrSet("id", anchor(words))
            headings.append(Heading(int(opening.tag[1]), anchor(words), words))
        if opening.type == "table_open":
            opening.attrSet("class", "table")
            opening.attrSet("tabindex", "0")
    return _reader.renderer.render(_side_by_side(tokens), _reader.options, {}), headings


def inline(text: str) -> str:
    """One sentence of Markdown as HTML, without a paragraph around it."""
    return _reader.renderInline(text)


def plain(tokens: Sequence[Token]) -> str:
    """The words of an inline token."""
    return "".join(token.content for token in tokens if token.type in ("text", "code_inline"))


def _side_by_side(tokens: list[Token]) -> list[Token]:
    """Fences that follow one another as tabs become one token that holds them all."""
    made: list[Token] = []
    for token in tokens:
        is_tab = token.type == "fence" and token.info.split()[1:] == ["tab"]
        if is_tab and made and made[-1].meta.get("tabs") is not None:
            made[-1].meta["tabs"].append(token)
            continue
        if is_tab:
            token.meta["tabs"] = [token]
        made.append(token)
    return made


def _block(token: Token) -> Block:
    language = (token.info.split() or ["text"])[0]
    try:
        lexer = get_lexer_by_name({"sh": "bash", "js": "javascript", "ts": "typescript"}.get(language, language))
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    words = (
        (kind if STANDARD_TYPES.get(kind) in _COLOURED else Kind.Text, word) for kind, word in lex(token.content, lexer)
    )
    html = formatted(words, _formatter).rstrip("\n")
    return Block(_LABELS.get(language, language.title()), _TABS.get(language, "curl"), html)


def _fence(_: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    blocks = [_block(one) for one in token.meta.get("tabs") or [token]]
    name = f"lang-{token.map[0] if token.map else index}"
    return pages.render("guide/code.html", blocks=blocks, name=name)


_formatter: Final = HtmlFormatter[str](nowrap=True)
_reader: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_reader.add_render_rule("fence", _fence)
