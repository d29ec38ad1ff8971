"""Every sentence that is shown: out of the templates, the web's Python, letters, and what domains say to people."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, cast

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from jinja2.ext import babel_extract

SOURCES: Final = Path(__file__).parent.parent.parent
KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
LETTERS: Final = {"Say": (1,), "Says": (1, 2)}  # kernel/language.py: sentences of letters, wherever one is written
# Jinja's own options, as `web/shared/pages.py` sets them up.
TEMPLATES: Final = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
# Domains know no language (architecture §4.1): they speak English, and the pages translate it when they show it.
DOMAINS: Final = ("identity", "events", "integrations", "oauth/consent", "webhooks/replays", "webhooks/dead_letters")
TALKING: Final = frozenset(("actions.py", "rules.py", "permissions.py", "refusals.py"))
_SENTENCE: Final = re.compile(r"[A-Z{“].* .*[.?:]|[A-Z][a-z].* .*", re.DOTALL)
_UNSAID: Final = frozenset(("compile", "Say", "Says", "RuntimeError", "ValueError"))  # letters name theirs themselves

Found = tuple[str, str | tuple[str, str]]


@cache
def messages() -> Catalog:
    """All of them, in the order of the files that they stand in."""
    catalog = Catalog(charset="utf-8")
    for where, said in sorted(
        dict.fromkeys((*_of_pages(), *_of_letters(), *_of_domains())), key=lambda found: found[0]
    ):
        catalog.add(said, locations=[(where, 0)], flags=_flags(said))
    return catalog


def _flags(said: str | tuple[str, str]) -> tuple[str, ...]:
    text = said if isinstance(said, str) else said[1]
    return ("python-format",) if re.search(r"%\(\w+\)[sd]", text) else ()


def _of_pages() -> Iterator[Found]:
    for path in sorted((SOURCES / "web").rglob("*.html")):
        with path.open("rb") as file:
            found = [said for _, _, said, _ in babel_extract(file, list(KEYWORDS), (), TEMPLATES)]
            yield from ((_name(path), _as_said(said)) for said in found if said and said != (None,))
    for path in sorted((SOURCES / "web").rglob("*.py")):
        yield from _of_python(path, KEYWORDS)


def _of_letters() -> Iterator[Found]:
    for path in sorted(SOURCES.rglob("*.py")):
        yield from _of_python(path, LETTERS)


def _of_python(path: Path, keywords: Mapping[str, tuple[int, ...] | None]) -> Iterator[Found]:
    with path.open("rb") as file:
        yield from ((_name(path), _as_said(said)) for _, said, _, _ in extract("python", file, keywords) if said)


def _as_said(said: object) -> str | tuple[str, str]:
    """One sentence, or two that count. Jinja hands over every argument of a call, values of placeholders as None."""
    if isinstance(said, str):
        return said
    one, *many = [part for part in cast("tuple[object, ...]", said) if isinstance(part, str)]
    return (one, many[0]) if many else one


def _name(path: Path) -> str:
    return path.relative_to(SOURCES).as_posix()


def _of_domains() -> Iterator[Found]:
    contract = (SOURCES / "contract" / name for name in ("errors.py", "scopes.py", "topics.py"))
    talking = (path for domain in DOMAINS for path in (SOURCES / domain).rglob("*.py") if path.name in TALKING)
    mistakes = (SOURCES / "webhooks" / "debugger.py",)
    for path in sorted((*contract, *talking, *mistakes)):
        for said in sentences(path.read_text()):
            yield _name(path), said


def sentences(source: str) -> list[str]:
    """What a domain's module says to people: its sentences, docstrings apart. Holes of f-strings are `{}`."""
    tree = ast.parse(source)
    skipped = {id(node) for parent in ast.walk(tree) for node in _not_said(parent)}
    found = (_text(node) for node in ast.walk(tree) if id(node) not in skipped)
    return list(dict.fromkeys(text for text in found if text and _is_sentence(text)))


def _is_sentence(text: str) -> bool:
    return _SENTENCE.fullmatch(text) is not None and "\n" not in text


def _not_said(parent: ast.AST) -> Iterator[ast.AST]:
    if isinstance(parent, ast.Expr):  # a docstring
        yield parent.value
    if isinstance(parent, ast.JoinedStr):  # its pieces are told as one sentence
        yield from ast.walk(ast.Module([ast.Expr(value) for value in parent.values], []))
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute | ast.Name):
        name = parent.func.attr if isinstance(parent.func, ast.Attribute) else parent.func.id
        if name in _UNSAID:
            yield from (each for argument in parent.args for each in ast.walk(argument))


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(value.value) if isinstance(value, ast.Constant) else "{}" for value in node.values)
    return None
