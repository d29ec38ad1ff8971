"""Rules of the house that no linter knows (style §1, §4; architecture §4)."""

import ast
import re
import statistics
from pathlib import Path

import pytest

from tests.house import source

WEB = ("web/", "cli/")
# Table -> the package that owns it (architecture §6). Only the owner writes; anybody may read.
OWNERS = {
    **dict.fromkeys(
        ("users", "sessions", "passkeys", "passkey_challenges", "email_tokens", "sign_in_failures", "organizations"),
        "identity",
    ),
    **dict.fromkeys(("verification_requests", "memberships", "invitations", "act_as_consents"), "identity"),
    "former_addresses": "identity",
    **dict.fromkeys(("audit_log", "audit_seals"), "identity"),
    "mails": "kernel",
    **dict.fromkeys(("events", "registration_waves", "form_fields", "applications", "application_drafts"), "events"),
    **dict.fromkeys(("application_reviews", "application_notes", "saved_views", "participants"), "events"),
    **dict.fromkeys(("threads", "locations", "activities", "activity_hosts", "activity_signups"), "events"),
    **dict.fromkeys(("favourites", "webview_pages", "uploads"), "events"),
    **dict.fromkeys(("former_connections", "former_consents"), "events"),
    **dict.fromkeys(("integrations", "integration_members", "manifests", "clients", "client_secrets"), "integrations"),
    **dict.fromkeys(("signing_secrets", "installations", "user_grants", "deletion_requests"), "integrations"),
    **dict.fromkeys(
        ("objections", "rate_limits", "submissions", "submission_comments", "deprecations"), "integrations"
    ),
    **dict.fromkeys(("conformance_reports", "device_logins", "examinations"), "integrations"),
    **dict.fromkeys(("consent_requests", "token_families", "authorization_codes", "access_tokens"), "oauth"),
    **dict.fromkeys(("refresh_tokens", "token_audit"), "oauth"),
    **dict.fromkeys(("api_requests", "api_hours"), "access"),
    **dict.fromkeys(("messages", "message_queue", "messages_later", "endpoints", "deliveries"), "webhooks"),
    **dict.fromkeys(("delivery_log", "attempts", "endpoint_hours", "replays", "dispatchers"), "webhooks"),
    **dict.fromkeys(("delivery_ticks", "dispatch_shards"), "webhooks"),
}
# A table with more than one writer, and why.
SHARED_WRITES = {
    ("access", "access_tokens"): "last use is written with the request log, in batches off the request path",
    ("access", "installations"): "last use, likewise",
    ("access", "user_grants"): "last use, likewise",
    ("access", "client_secrets"): "last use, likewise",
}
WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?([a-z_]+)", re.IGNORECASE)
STATEMENT = re.compile(r"^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s", re.DOTALL)
TAG = re.compile(r"</?(?:div|p|a|span|form|input|button|table|tr|td|li|ul|h[1-6]|section|strong|em|br)\b[^>]*>")


def test_no_file_is_longer_than_400_lines() -> None:
    assert {name: n for name, text in source.files().items() if (n := text.count("\n")) > 400} == {}


def test_files_stay_short_on_the_whole() -> None:
    lengths = sorted(text.count("\n") for text in source.files().values())
    assert statistics.median(lengths) <= 110
    assert lengths[int(len(lengths) * 0.9)] <= 260


def test_no_function_is_longer_than_60_lines_and_half_have_ten_at_most() -> None:
    found = [
        (f"{name}:{each.lineno} {each.name}", source.length(each))
        for name, tree in source.trees().items()
        for each in source.functions(tree)
    ]
    assert [one for one in found if one[1] > 60] == []
    lengths = sorted(length for _, length in found)
    assert statistics.median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 30


def test_at_most_one_function_in_a_hundred_has_more_than_ten_branches() -> None:
    found = [
        (f"{name}:{each.lineno} {each.name}", source.branches(each))
        for name, tree in source.trees().items()
        for each in source.functions(tree)
    ]
    crowded = [one for one in found if one[1] > 10]
    assert len(crowded) <= len(found) / 100, crowded


def test_statements_stand_in_queries_only() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in source.trees().items()
        if not name.endswith("queries.py") and not name.startswith("kernel/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value)
        if WRITES.search(node.value) or re.search(r"\bFROM\b", node.value)
    ]
    assert wrong == []


def test_only_the_owner_of_a_table_writes_it() -> None:
    wrong = []
    for name, text in source.files().items():
        package = name.split("/")[0]
        if not name.endswith("queries.py"):
            continue
        for table in WRITES.findall(text):
            owner = OWNERS.get(table.lower())
            if owner and owner != package and (package, table.lower()) not in SHARED_WRITES:
                wrong.append(f"{name} writes {table}")
    assert wrong == []


def test_every_table_of_the_schema_has_an_owner() -> None:
    schema = "".join(path.read_text() for path in (source.PACKAGE / "kernel/migrations/versions").glob("*.sql"))
    tables = set(re.findall(r"^CREATE TABLE ([a-z_]+) ", schema, re.MULTILINE))
    partitions = set(re.findall(r"^CREATE TABLE ([a-z_]+) PARTITION OF", schema, re.MULTILINE))
    assert tables - partitions - set(OWNERS) == set()


def test_transactions_are_opened_at_the_edges_only() -> None:
    allowed = ("web/shared/edge.py", "workers/", "cli/")
    wrong = [
        name
        for name, tree in source.trees().items()
        if not name.startswith(allowed) and name != "kernel/db.py"
        if any(call.endswith(".tx") for call in source.calls(tree))
    ]
    assert [name for name in wrong if name not in OWN_EDGES] == []


# Edges of their own, each with the reason in an ADR or beside the code.
OWN_EDGES = {
    "web/api/v1/edge.py": "the hot path of the read API answers from raw ASGI",
    "web/api/edge.py": "likewise",
    "app.py": "flushes what is buffered when the process stops",
}


def test_no_html_in_python() -> None:
    wrong = [
        f"{name}:{node.lineno} {node.value.strip()[:60]}"
        for name, tree in source.trees().items()
        if name not in SPEAK_HTML
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TAG.search(node.value)
    ]
    assert wrong == []


# Files whose business is other people's markup.
SPEAK_HTML = {"web/shared/text.py": "renames headings in sanitised Markdown"}


def test_drivers_and_frameworks_stay_where_they_belong() -> None:
    below_web = ("contract/", "kernel/", "webhooks/", "access/", "identity/", "events/", "integrations/", "oauth/")
    wrong = []
    for name, tree in source.trees().items():
        used = source.imports(tree)
        if name.startswith((*below_web, "endings/", "sandbox/")) and used & {"litestar", "jinja2", "typer"}:
            wrong.append(f"{name} imports {used & {'litestar', 'jinja2', 'typer'}}")
        if "psycopg" in used and not name.startswith("kernel/"):
            wrong.append(f"{name} imports psycopg")
    assert wrong == []


def test_audiences_do_not_import_each_other() -> None:
    audiences = {"api", "oauth", "organizer", "participant", "account", "developer", "operator", "guide"}
    wrong = []
    for name, text in source.files().items():
        parts = name.split("/")
        if parts[0] == "web" and parts[1] in audiences:
            others = set(re.findall(r"revento\.web\.([a-z]+)", text)) & audiences - {parts[1]}
            wrong += [f"{name} imports web.{other}" for other in others]
    assert wrong == []


def test_public_functions_say_what_they_are_for() -> None:
    wrong = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in source.trees().items()
        if "migrations/versions" not in name
        for node in tree.body
        if isinstance(node, source.Function | ast.ClassDef) and not node.name.startswith("_")
        if ast.get_docstring(node) is None and not any("overload" in ast.unparse(d) for d in node.decorator_list)
    ]
    assert wrong == []


def test_nothing_is_left_to_do_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    assert [name for name, text in source.files().items() if later.search(text)] == []


def _tests() -> list[Path]:
    return sorted((source.ROOT / "tests").rglob("*.py"))


def test_tests_replace_none_of_our_own_code() -> None:
    doubles = re.compile(r"unittest\.mock|MagicMock|monkeypatch\.setattr\(\s*[\"']?revento|mocker\.patch")
    mine = Path(__file__)
    assert [path.name for path in _tests() if path != mine and doubles.search(path.read_text())] == []


def test_every_test_asserts_something() -> None:
    shows = ("assert", "raises", "expect", "refused")
    wrong = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in _tests()
        for node in source.functions(ast.parse(path.read_text()))
        if node.name.startswith("test_") and not any(word in ast.dump(node).lower() for word in shows)
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["src", "tests", "docs", "guide", "examples", "sdk", "deploy", "bench"])
def test_the_project_names_no_machine(folder: str) -> None:
    path_of_a_machine = re.compile(r"(?<![\w.])/(?:work|farm|root)/\w")
    kinds = (".py", ".ts", ".html", ".sql", ".md", ".yml", ".toml", ".mjs", ".js", ".sh")
    skipped = ("node_modules", "vendor", ".venv")
    mine = Path(__file__)
    wrong = [
        path.relative_to(source.ROOT).as_posix()
        for path in (source.ROOT / folder).rglob("*")
        if path.suffix in kinds and path.is_file() and path != mine and not any(part in skipped for part in path.parts)
        if path_of_a_machine.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert wrong == []
