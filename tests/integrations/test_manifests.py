"""Manifests: what is wrong is told by path, all of it at once; versions are compared."""

import json

import jsonschema
import pytest

from revento.contract.errors import Refused
from revento.integrations.manifests import actions, rules
from revento.kernel.config import Settings
from tests.integrations.given import document

LOOPBACK = Settings.read({}, env="development").webhook_allow_nets


def wrong(environment="sandbox", allowed=LOOPBACK, **changed) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        actions.read(document(**changed), environment=environment, allowed=allowed)
    return caught.value.extra["fields"]


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_a_right_manifest_is_read(environment) -> None:
    found = actions.read(json.dumps(document()).encode(), environment=environment)
    assert found.name == "BadgePress"
    assert found.declared_scopes == [
        "event.read",
        "participants.read",
        "program.read",
        "profile.read",
        "event.attendance",
    ]


def test_loopback_works_in_the_sandbox_and_is_refused_in_production_by_path() -> None:
    local = {
        "connect_url": "http://localhost:3000/connect",
        "redirect_uris": ["http://127.0.0.1:3000/callback"],
        "webhook_url": "http://localhost:3000/webhooks/revento",
        "webview_origins": ["http://localhost:3000"],
    }
    assert actions.read(document(**local), environment="sandbox", allowed=LOOPBACK).connect_url
    assert set(wrong("production", **local)) == {
        "connect_url",
        "redirect_uris[0]",
        "webhook_url",
        "webview_origins[0]",
    }


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("/callback", "absolute"),
        ("https://a.example/cb#x", "fragment"),
        ("https://a.example/cb#", "fragment"),
        ("http://a.example/cb", "localhost"),
        ("https://u:p@a.example/cb", "user name"),
        ("https://a.example/cb?code=1", "code"),
        ("https://a.example/cb?x=1&state=", "state"),
        ("https://a.example/cb?iss=1", "iss"),
        ("https://a.example/cb?error", "error"),
        ("https://*.example/cb", "byte for byte"),
        ("com.example.app:/cb", "absolute"),
        ("https://a.example/c b", "absolute"),
        ("javascript:alert(1)", "absolute"),
    ],
)
def test_a_redirect_uri_that_could_be_abused_is_refused_with_the_reason(uri, words) -> None:
    assert words in wrong(redirect_uris=[uri])["redirect_uris[0]"]


@pytest.mark.parametrize(
    "origin", ["https://a.example/", "https://a.example/x", "https://A.example", "https://a.example#", "a.example"]
)
def test_a_webview_origin_is_an_origin_and_nothing_behind(origin) -> None:
    assert set(wrong(webview_origins=[origin])) == {"webview_origins[0]"}


def test_scopes_are_known_and_either_required_or_optional_and_explained() -> None:
    scopes = {"required": ["event.read", "nope.read"], "optional": ["event.read"], "purposes": {"x": "y"}}
    assert wrong(kind="script", declared_webhook_event_types=[], scopes=scopes) == {
        "scopes.required[1]": (
            "nope.read is not a scope. Known: event.read, participants.read, program.read, profile.read, "
            "event.attendance."
        ),
        "scopes.optional[0]": "event.read is required already; a scope is either required or optional.",
        "scopes.purposes.x": "x is neither required nor optional.",
    }
    assert "scopes.purposes.event.read" in wrong(
        declared_webhook_event_types=[], scopes={"required": ["event.read"], "optional": [], "purposes": {}}
    )


def test_webhook_types_are_known_and_covered_by_a_declared_scope_and_need_an_address() -> None:
    found = wrong(
        kind="script",
        declared_webhook_event_types=["activity.updated", "nothing.happened"],
        webhook_url=None,
        scopes={"required": ["event.read"]},
    )
    assert set(found) == {"declared_webhook_event_types[0]", "declared_webhook_event_types[1]", "webhook_url"}


def test_a_webhook_address_keeps_to_the_guards_rule() -> None:
    assert "private" in wrong(webhook_url="https://10.0.0.1/x", allowed=())["webhook_url"]
    assert "private network" in wrong("production", webhook_url="https://printer.local/x")["webhook_url"]


def test_wrong_types_and_missing_fields_are_told_by_path_all_at_once() -> None:
    found = document(publisher={"website_url": 3}, redirect_uris=["https://a.example", 7], name=None)
    del found["kind"]
    with pytest.raises(Refused) as caught:
        actions.read(found, environment="sandbox")
    assert set(caught.value.extra["fields"]) == {"name", "kind", "publisher.website_url", "redirect_uris[1]"}


@pytest.mark.parametrize("kind", ["other", "", 7, None])
def test_a_field_with_choices_names_them_when_it_holds_another(kind) -> None:
    with pytest.raises(Refused, match=r"^kind: Expected one of public, in_house, script\.$") as caught:
        actions.read(document(kind=kind), environment="sandbox")
    assert caught.value.extra["fields"] == {"kind": "Expected one of public, in_house, script."}


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff", b'"x"', b"{" + b" " * 70_000 + b"}"])
def test_what_is_no_manifest_at_all_is_refused_as_a_whole(raw) -> None:
    with pytest.raises(Refused) as caught:
        actions.read(raw, environment="sandbox")
    assert set(caught.value.extra["fields"]) == {"$"}


def test_the_published_schema_takes_what_we_take_and_refuses_a_wrong_type() -> None:
    schema = actions.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document(kind="other"), schema)


def test_a_comparison_says_what_changed_and_what_needs_consent() -> None:
    before = actions.read(document(), environment="production")
    scopes = dict(document()["scopes"])
    scopes["required"] = ["event.read", "participants.read", "program.read"]
    scopes["optional"] = ["profile.read"]
    del scopes["purposes"]["event.attendance"]
    after = actions.read(
        document(name="Badges", scopes=scopes, declared_webhook_event_types=["activity.updated"]),
        environment="production",
    )
    found = rules.compare(before, after)
    assert (found.asks_more, found.offers_more, found.asks_less, found.new_topics) == (
        ["program.read"],
        [],
        ["event.attendance"],
        ["activity.updated"],
    )
    assert ("name", "BadgePress", "Badges") in [(one.path, one.before, one.after) for one in found.changes]
    assert rules.compare(before, before).changes == []
