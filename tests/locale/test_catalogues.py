"""Promise: every language that is offered is whole, fits its English sentences, and follows the sources."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import nodes

from revento.web.locale import __main__ as command
from revento.web.locale import catalogues, extract
from revento.web.shared import pages, text, translate, visitor
from revento.web.shared.visitor import Visitor

WORD = re.compile(r"[A-Za-z]{2,}")
# Written alike in every language: names, paths, commands and what programs read.
CLASSES = ("body_class", "narrow", "lone", "wide", "root", "measure")  # blocks whose words are names of classes
NAMES = re.compile(r"Revento|OpenAPI|iCalendar|sha256|usr_|system|\bms\b|\bmin\b|\bMiB\b|[a-z-]+=\"[^\"]*\"")


def test_every_sentence_is_translated_and_the_catalogue_is_what_the_sources_say(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["locale", "--check"])
    failed = command.main()
    assert not failed, f"run `python -m revento.web.locale`:\n{capsys.readouterr().out}"


@pytest.mark.parametrize("path", catalogues.files(), ids=lambda path: path.stem)
def test_translations_keep_the_placeholders(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    assert len(catalogue) > 1000
    assert catalogues.misfits(catalogue) == {}
    tags = re.compile(r"</?\w+")
    torn = [
        m.id
        for m in catalogue
        if m.id and isinstance(m.id, str) and sorted(tags.findall(m.id)) != sorted(tags.findall(str(m.string)))
    ]
    assert torn == []


def test_a_sentence_is_found_wherever_it_is_said() -> None:
    found = {message.id for message in extract.messages()}
    assert {
        "Your role does not allow this.",  # contract/errors.py
        "Use at most {} characters.",  # an f-string of a domain
        "Skip to main content",  # a template
        "Pending",  # N_
        ("%(n)d application: %(what)s.", "%(n)d applications: %(what)s."),
    } <= found
    assert not any("SELECT" in str(one) for one in found)


def test_docstrings_are_no_sentences_and_letters_name_their_own() -> None:
    source = (
        '"""A module speaks."""\nmail.write(tx, to, Say("A letter goes out"))\n'
        'raise Refused(NO, f"At most {n} of them.")'
    )
    assert extract.sentences(source) == ["At most {} of them."]


class Words(HTMLParser):
    """The words of a template's own markup: text, and attributes that are read out."""

    SAID = ("title", "alt", "placeholder", "aria-label")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code", "kbd", "samp", "svg")
        self.found += [value for name, value in attrs if name in self.SAID and value and WORD.search(value)]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code", "kbd", "samp", "svg")

    def handle_data(self, data: str) -> None:
        if self.silent <= 0 and WORD.search(data):
            self.found.append(data.strip())


def unmarked(source: str) -> list[str]:
    """Words that a template shows without asking the catalogue."""
    tree = pages.environment.parse(source)
    classes = {
        id(data)
        for block in tree.find_all(nodes.Block)
        if block.name in CLASSES
        for data in block.find_all(nodes.TemplateData)
    }
    # What the template computes stands as one letter, so that tags around it stay whole.
    shown = [node for output in tree.find_all(nodes.Output) for node in output.nodes if id(node) not in classes]
    own = "".join(node.data if isinstance(node, nodes.TemplateData) else "•" for node in shown)
    words = Words()
    words.feed(own)
    return [found for found in words.found if WORD.search(NAMES.sub("", re.sub(r"&\w+;", "", found)))]


def test_promise_templates_show_no_word_of_their_own_that_could_not_be_translated() -> None:
    folder = Path(pages.FOLDER)
    found = {path.relative_to(folder).as_posix(): unmarked(path.read_text()) for path in sorted(folder.rglob("*.html"))}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.fixture
def german() -> None:
    visitor._visitor.set(Visitor(path="/", now=datetime(2026, 7, 1, 12, tzinfo=UTC), locale="de"))


@pytest.mark.usefixtures("german")
def test_german_writes_its_own_dates_and_numbers() -> None:
    at = datetime(2026, 12, 5, 13, tzinfo=UTC)
    assert text.moment(at, "Europe/Berlin") == "Sa., 5. Dez., 14:00"
    assert text.absolute(at, "Europe/Berlin") == "Samstag, 5. Dezember 2026, 14:00 (Europe/Berlin)"
    assert text.span(at, at + timedelta(days=2), "Europe/Berlin") == "Sa., 5. – Mo., 7. Dezember 2026"
    assert text.number(12345.5) == "12.345,5"
    assert text.percent(84, 100) == "84\xa0%"
    assert text.ago(datetime(2026, 7, 3, 12, tzinfo=UTC)) == "in 2 Tagen"


@pytest.mark.usefixtures("german")
def test_what_domains_fill_in_themselves_is_translated_too() -> None:
    assert translate.gettext("Use at most 80 characters.") == "Höchstens 80 Zeichen."
    assert translate.gettext("Nobody translated {this} yet: 100% of it") == "Nobody translated {this} yet: 100% of it"
    assert translate.ngettext("%(num)d hit", "%(num)d hits", 2) == "%(num)d Treffer"


def test_the_language_follows_the_browser_until_somebody_chooses() -> None:
    assert visitor.choose_locale(None, "fr;q=0.9, de-AT;q=0.8, en;q=0.5") == "de"
    assert visitor.choose_locale("en", "de") == "en"
    assert visitor.choose_locale("xx", "") == "en"


@pytest.mark.usefixtures("german")
def test_a_device_a_language_and_a_day_are_called_what_a_person_calls_them() -> None:
    chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Mobile Safari/604.1"
    assert [text.device(each) for each in (chrome, phone, f"{chrome} Edg/126.0", "bot 1.0", "")] == [
        *("Chrome, Windows", "Safari, iPhone", "Edge, Windows", "bot 1.0", ""),
    ]
    assert [text.tongue(each) for each in ("en", "pt-BR", "tlh?")] == ["Englisch", "Portugiesisch (Brasilien)", "tlh?"]
    assert [text.typed_day(each) for each in ("2026-12-05", "soon")] == ["5. Dezember 2026", "soon"]
