"""The guide as its readers see it: every page, every link, every anchor, the search, the twins."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
import pytest_asyncio

from revento.contract import endpoints, errors, scopes, topics
from revento.contract.render.guide_words import ERRORS
from revento.web.guide import book, markup
from tests.api.conftest import serve
from tests.conftest import MovableClock, cloned

on_one_site = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[2]
PAGES = list(book.pages())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(postgres_url, tmp_path_factory):
    """Revento for all of this file: nobody writes."""
    with cloned(postgres_url) as url:
        async for client in serve(url, tmp_path_factory.mktemp("site"), MovableClock(datetime.now(UTC))):
            yield client


class Seen(HTMLParser):
    """Links, ids, headings and texts of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.tags: list[str] = []
        self.inside = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])


def wanted_addresses(slug: str, links: list[str]) -> list[tuple[str, str]]:
    """Pages and anchors of the guide that a page links to."""
    found = []
    for link in links:
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        if path == "":
            found.append((slug, anchor))
        elif path.startswith("/guide/") or not path.startswith("/"):
            found.append((path.removeprefix("/guide/"), anchor))
    return found


@on_one_site
async def test_every_page_answers_and_every_link_of_the_guide_leads_somewhere(site):
    shown = {slug: Seen((await site.get(f"/guide/{slug}")).text) for slug in PAGES}
    broken = []
    for slug, page in shown.items():
        for to, anchor in wanted_addresses(slug, page.links):
            known = to in ("", "search", "llms.txt") or to.removesuffix(".md") in shown
            if not known or (anchor and to in shown and anchor not in shown[to].ids):
                broken.append((slug, f"{to}#{anchor}"))
    assert broken == []
    assert {slug: page.tags.count("h1") for slug, page in shown.items()} == dict.fromkeys(PAGES, 1)


@on_one_site
async def test_links_into_the_platform_are_routes_of_it(site):
    addresses = set()
    for slug in PAGES:
        page = Seen((await site.get(f"/guide/{slug}")).text)
        addresses |= {link.partition("#")[0] for link in page.links if link.startswith(("/api/", "/.well-known/"))}
    answers = {address: (await site.get(address)).status_code for address in addresses}
    assert answers == dict.fromkeys(addresses, 200)


def test_every_source_is_a_page_and_every_page_says_in_one_sentence_what_it_is_for():
    sources = {path.stem for path in (ROOT / "guide").glob("*.md")}
    assert sources == set(PAGES)
    assert all(page.say.endswith((".", "?")) and len(page.say) < 140 for page in book.pages().values())


@on_one_site
async def test_every_error_code_has_its_anchor_and_says_what_to_do(site):
    codes = {reason.code for reason in (*errors.API, *errors.OAUTH)}
    assert set(ERRORS) == codes
    assert codes <= Seen((await site.get("/guide/errors")).text).ids


@on_one_site
async def test_every_scope_type_and_endpoint_of_the_contract_is_in_the_reference(site):
    pages = {slug: (await site.get(f"/guide/{slug}")) for slug in ("scopes", "webhooks-events", "endpoints")}
    assert {topic.name for topic in topics.ALL} <= Seen(pages["webhooks-events"].text).ids
    assert {one.name for one in endpoints.ALL} <= Seen(pages["endpoints"].text).ids
    assert [one.name for one in scopes.ALL if one.name not in pages["scopes"].text] == []


@on_one_site
async def test_a_page_has_a_markdown_twin_with_its_samples_in_place(site):
    twin = await site.get("/guide/webhooks.md")
    assert twin.headers["content-type"] == "text/markdown; charset=utf-8"
    assert twin.text.startswith("# Webhooks\n\nRevento tells your server when something changes.")
    assert "def handle(delivery):" in twin.text
    assert "const handle = async" in twin.text
    assert [slug for slug in PAGES if "{{" in book.pages()[slug].markdown] == []


@on_one_site
async def test_assistants_find_every_twin_in_llms_txt(site):
    listed = (await site.get("/llms.txt")).text
    assert re.findall(r"/guide/([\w-]+)\.md\)", listed) == PAGES
    assert (await site.get("/guide/llms.txt")).text == listed


@on_one_site
async def test_search_finds_codes_headers_and_words_and_says_when_it_finds_nothing(site):
    page = await site.get("/guide/search", params={"q": "invalid_cursor"})
    assert Seen(page.text).links.count("/guide/errors#invalid_cursor") == 1
    assert "rate-limits" in {one.slug for one in book.search("Retry-After")}
    assert "webview-pages" in {one.slug for one in book.search("frame-ancestors")}
    nothing = await site.get("/guide/search", params={"q": "xyzzy<b>"})
    assert "Nothing about “xyzzy&lt;b&gt;”" in nothing.text
    assert not [one for one in book.index() if "](" in one.words or "`" in one.words]
    assert all(not set("[]()") & set(one.words.split()[0]) for one in book.search("token"))
    index = (await site.get("/guide/search.json")).json()
    assert {one["slug"] for one in index} == set(PAGES)
    assert len((await site.get("/guide/search.json")).content) < 200_000


@on_one_site
async def test_code_in_a_first_sentence_is_shown_as_code(site):
    page = await site.get("/guide/cli")
    assert '<p class="lede"><code>revento</code>, on your machine' in page.text
    assert "`" not in page.text.partition('name="description"')[2].partition(">")[0]


@on_one_site
async def test_what_is_not_there_is_a_404(site):
    for path in ("/guide/weather", "/guide/weather.md", "/guide/../errors"):
        assert (await site.get(path)).status_code == 404
    assert (await site.get("/guide", follow_redirects=False)).headers["location"] == "/guide/"
    assert "About this guide" in (await site.get("/guide/")).text


@on_one_site
async def test_a_page_is_light_and_asks_nobody_else(site):
    page = await site.get("/guide/quickstart")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page.text)
    assert len(page.content) < 60_000


@pytest.mark.parametrize(
    "mistake", ["{{ table weather }}", "{{ json weather }}", "{{ sample guide/samples/app.py#weather python }}"]
)
def test_a_page_that_names_what_is_not_there_is_refused(mistake):
    with pytest.raises(markup.MistakeInGuide):
        markup.expand(mistake, ROOT)


def test_samples_are_shown_without_marks_and_indent():
    shown = markup.sample(ROOT, "guide/samples/verify.py#verify")
    assert shown.startswith("import hashlib")
    assert not re.search(r"(#|//) \[", markup.expand("{{ sample guide/samples/app.mjs js }}", ROOT))
