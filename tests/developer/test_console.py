"""The console exists for an integration's own team; creating, credentials, manifest, team."""

import json
import re
import socket
from typing import Any

import pytest

from tests.integrations.given import document
from tests.visits import Site, Visitor, routes_below

from .conftest import registered

SECRET = re.compile(r"(rev_secret_[A-Za-z0-9]+|whsec_[A-Za-z0-9+/=]+)")


def fields(**changed: str | list[str]) -> dict[str, str | list[str]]:
    """What the form of a new integration posts."""
    return {
        "where": "sandbox",
        "name": "BadgePress",
        "kind": "public",
        "publisher.display_name": "Papertrail Labs",
        "publisher.support_email": "help@papertrail.example",
        "publisher.website_url": "https://papertrail.example",
        "publisher.privacy_url": "https://papertrail.example/privacy",
        "publisher.terms_url": "https://papertrail.example/terms",
        "connect_url": "http://localhost:3000/connect",
        "redirect_uris": "http://localhost:3000/callback",
        "webhook_url": "http://127.0.0.1:3000/webhooks/revento",
        "topics": ["application.approved"],
        "scope.event.read": "required",
        "purpose.event.read": "To show the event's name.",
        "scope.participants.read": "required",
        "purpose.participants.read": "To print names.",
        **changed,
    }


async def test_nobody_but_the_team_finds_an_integrations_pages(site: Site, ruben: Visitor) -> None:
    made = await registered(site, ruben)
    mallory, nobody = await site.person("Mallory Nobody"), await site.anybody()
    routes = [
        (method, path.replace(path.split("/")[3], made.id))
        for method, path in routes_below(site.app, "/developer")
        if path.startswith("/developer/integrations/int_")
    ]
    assert len(routes) > 15
    for method, path in routes:
        as_mallory = await (mallory.get(path) if method == "GET" else mallory.post(path))
        assert (method, path, as_mallory.status_code) == (method, path, 404)
        as_nobody = await (nobody.get(path) if method == "GET" else nobody.post(path))
        assert (method, path, as_nobody.status_code) == (method, path, 303)


async def test_who_may_only_look_changes_nothing(site: Site, ruben: Visitor) -> None:
    made, vera = await registered(site, ruben), await site.person("Vera Viewer")
    await ruben.post(f"/developer/integrations/{made.id}/team", {"email": "vera@example.test", "role": "viewer"})
    base = f"/developer/integrations/{made.id}"
    for method, path in routes_below(site.app, "/developer"):
        if not path.startswith("/developer/integrations/int_"):
            continue
        path = path.replace(path.split("/")[3], made.id)
        if method == "POST":
            assert (path, (await vera.post(path)).status_code) == (path, 403)
    assert (await vera.get(base)).status_code == 200
    assert "Rotate" not in (await vera.get(f"{base}/credentials")).text


async def test_an_integration_made_with_the_form_shows_its_secrets_once(site: Site, ruben: Visitor) -> None:
    assert "Start with a sandbox of your own" in (await ruben.get("/developer")).text
    answer = await ruben.post("/developer/integrations", fields())
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert {secret.split("_")[0] for secret in SECRET.findall(answer.text)} == {"rev", "whsec"}
    home = await ruben.get("/developer")
    assert "BadgePress" in home.text
    id = await site.rows(str, "SELECT id FROM integrations")
    page = await ruben.get(f"/developer/integrations/{id[0]}/credentials")
    assert SECRET.findall(page.text) == []


async def test_each_mistake_is_told_beside_its_field(site: Site, ruben: Visitor) -> None:
    answer = await ruben.post(
        "/developer/integrations",
        fields(**{"redirect_uris": "http://badges.example/cb", "purpose.participants.read": "", "name": ""}),
    )
    assert answer.status_code == 422
    for field in ("redirect_uris", "name"):
        assert f'id="{field}-error"' in answer.text
    assert "Papertrail Labs" in answer.text
    assert await site.rows(str, "SELECT id FROM integrations") == []


async def test_a_pasted_manifest_is_told_what_is_wrong_by_path_and_kept(site: Site, ruben: Visitor) -> None:
    wrong = document(redirect_uris=["nonsense"], declared_webhook_event_types=["application.aproved"])
    answer = await ruben.post(
        "/developer/integrations", {"as": "json", "where": "sandbox", "document": json.dumps(wrong)}
    )
    assert answer.status_code == 422
    assert "redirect_uris[0]" in answer.text
    assert "declared_webhook_event_types[0]" in answer.text
    assert "application.aproved" in answer.text
    right = json.dumps(document())
    assert (
        await ruben.post("/developer/integrations", {"as": "json", "where": "sandbox", "document": right})
    ).status_code == 200


async def test_a_webhook_address_whose_name_leads_inside_is_refused_wherever_it_is_saved(
    site: Site, ruben: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one name of this test is served by a resolver of its own; all others by the machine's."""
    address, really, say = "https://inside.example/hook", socket.getaddrinfo, "inside.example leads to an address"
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 443))]

    def answers(host: Any, *more: Any) -> Any:
        return inside if host == "inside.example" else really(host, *more)

    made, wrong = await registered(site, ruben), document(webhook_url=address)
    monkeypatch.setattr(socket, "getaddrinfo", answers)
    base = f"/developer/integrations/{made.id}"
    for path in ("/developer/integrations", f"{base}/manifest"):
        in_fields = await ruben.post(path, fields(webhook_url=address))
        assert (in_fields.status_code, 'id="webhook_url-error"' in in_fields.text) == (422, True)
        pasted = await ruben.post(path, {"as": "json", "where": "sandbox", "document": json.dumps(wrong)})
        assert (pasted.status_code, say in in_fields.text, say in pasted.text) == (422, True, True)
    auth = (made.client_id, made.client_secret)
    pushed = await ruben.client.post("/api/v1/integration/manifest", json=wrong, auth=auth)
    assert (pushed.status_code, pushed.json()["field"]) == (400, "webhook_url")
    assert say in pushed.json()["expected"]
    assert await site.rows(int, "SELECT count(*) FROM manifests") == [1]


async def test_an_uploaded_manifest_counts_like_a_pasted_one(site: Site, ruben: Visitor) -> None:
    answer = await ruben.post(
        "/developer/integrations",
        {"as": "json", "where": "sandbox", "document": ""},
        files={"file": ("manifest.json", json.dumps(document(name="From a file")), "application/json")},
    )
    assert answer.status_code == 200
    assert await site.rows(str, "SELECT name FROM integrations") == ["From a file"]


async def test_a_rotated_secret_leaves_the_old_one_a_day_and_the_owner_may_end_it(site: Site, ruben: Visitor) -> None:
    made = await registered(site, ruben)
    base = f"/developer/integrations/{made.id}"
    answer = await ruben.post(f"{base}/credentials/rotate")
    assert len(set(SECRET.findall(answer.text))) == 1
    assert "counts until" in answer.text
    old = await site.rows(str, "SELECT id FROM client_secrets WHERE expires_at IS NOT NULL")
    await ruben.post(f"{base}/credentials/{old[0]}/end")
    assert await site.rows(int, "SELECT count(*) FROM client_secrets WHERE ended_at IS NOT NULL") == [1]
    signing = await ruben.post(f"{base}/credentials/rotate-signing")
    assert "whsec_" in signing.text


async def test_a_change_of_the_manifest_counts_only_once_it_was_seen_and_confirmed(site: Site, ruben: Visitor) -> None:
    made = await registered(site, ruben)
    base = f"/developer/integrations/{made.id}"
    next_one = json.dumps(document(name="BadgePress 2"))
    seen = await ruben.post(f"{base}/manifest", {"as": "json", "document": next_one})
    assert "No connected event has to consent again." in seen.text
    assert await site.rows(str, "SELECT name FROM integrations") == ["BadgePress"]
    done = await ruben.post(f"{base}/manifest", {"as": "json", "document": next_one, "confirm": "yes"})
    assert done.status_code == 303
    assert await site.rows(str, "SELECT name FROM integrations") == ["BadgePress 2"]
    page = await ruben.get(f"{base}/manifest?version=2")
    assert "<del>BadgePress</del>" in page.text
    assert "<ins>BadgePress 2</ins>" in page.text
    back = await site.rows(str, "SELECT id FROM manifests WHERE version = 1")
    await ruben.post(f"{base}/manifest/restore", {"manifest_id": back[0]})
    assert await site.rows(str, "SELECT name FROM integrations") == ["BadgePress"]


async def test_the_team_keeps_an_owner(site: Site, ruben: Visitor) -> None:
    made, dana = await registered(site, ruben), await site.person("Dana Developer")
    base = f"/developer/integrations/{made.id}/team"
    assert (await ruben.post(base, {"email": "nobody@example.test", "role": "developer"})).status_code == 422
    assert (await ruben.post(base, {"email": "dana@example.test", "role": "developer"})).status_code == 303
    assert (await dana.get(f"/developer/integrations/{made.id}")).status_code == 200
    await ruben.post(f"{base}/{ruben.user_id}", {"role": "viewer"})
    assert await site.rows(str, "SELECT role FROM integration_members WHERE user_id = %(id)s", id=ruben.user_id) == [
        "owner"
    ]
    assert (await dana.post(f"{base}/{ruben.user_id}")).status_code == 403
    await ruben.post(f"{base}/{dana.user_id}")
    assert (await dana.get(f"/developer/integrations/{made.id}")).status_code == 404
