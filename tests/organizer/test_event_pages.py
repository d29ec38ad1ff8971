"""Event pages: who may make and see them, which addresses a frame shows, the sign-in round trip, launch tokens."""

import base64
import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from revento.integrations.grants import actions as grants
from tests.integrations import given
from tests.visits import ORIGIN

URL = "https://badges.papertrail.example/map?floor=1"
SANDBOX = "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads"


async def made(ada, story, **fields) -> str:
    """Posts the form of a new page; the address that it leads to."""
    form = {"title": "Map", "kind": "webview", "url": URL, "visibility": "everyone", "is_published": "1"} | fields
    form.setdefault("integration_id", story.client.integration_id)
    answer = await ada.post(f"/organizer/events/{story.event_id}/pages", form)
    assert answer.status_code == 303, re.findall(r'class="error".*', answer.text)
    return f"/events/{story.event_id}/pages/{answer.headers['location'].rpartition('/')[2]}"


def frame(page) -> tuple[str, dict[str, list[str]]]:
    """The frame's tag, and the query of its address."""
    (tag,) = re.findall(r"<iframe[^>]*>", page.text)
    source = html.unescape(re.findall(r'src="([^"]+)"', tag)[0])
    return tag, parse_qs(urlsplit(source).query)


async def test_a_webview_opens_in_a_sandboxed_frame_of_its_origin_alone(app, story) -> None:
    path = await made(await app.as_user(story.ada), story)
    page = await (await app.anybody()).get(path)
    tag, query = frame(page)
    assert f'sandbox="{SANDBOX}"' in tag
    assert 'allow="fullscreen"' in tag
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy["frame-src"] == "https://badges.papertrail.example"
    page_id = path.rpartition("/")[2]
    assert query == {
        "floor": ["1"],
        "event_id": [story.event_id],
        "page_id": [page_id],
        "locale": ["en"],
        "theme": ["system"],
    }


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://elsewhere.example/", "origins that its manifest declares"),
        (f"{ORIGIN}/organizer", "Pages of Revento itself"),
        ("javascript:alert(1)", "Expected an address"),
        ("https://badges.papertrail.example@evil.example/", "Expected an address"),
    ],
)
async def test_an_address_outside_the_declared_origins_is_refused_beside_the_field(app, story, url, words) -> None:
    ada = await app.as_user(story.ada)
    form = {"title": "Map", "kind": "webview", "url": url, "integration_id": story.client.integration_id}
    answer = await ada.post(f"/organizer/events/{story.event_id}/pages", form)
    assert answer.status_code == 422
    assert words in answer.text


async def test_a_page_that_the_manifest_names_no_more_is_marked_to_organizers_and_foretold_to_developers(
    app, db, story
) -> None:
    ada, nobody = await app.as_user(story.ada), await app.anybody()
    path = await made(ada, story, title="Hall map")
    pages = f"/organizer/events/{story.event_id}/pages"
    assert "Not shown" not in (await ada.get(pages)).text
    async with db.tx() as tx:
        (eve,) = await tx.all(str, "SELECT user_id FROM integration_members")
    manifest = {"as": "json", "document": json.dumps(given.document(webview_origins=[]))}
    developer = await app.as_user(eve)
    seen = await developer.post(f"/developer/integrations/{story.client.integration_id}/manifest", manifest)
    assert ("Pages that show nothing any more" in seen.text, "Hall map" in seen.text) == (True, True)
    manifest["confirm"] = "yes"
    done = await developer.post(f"/developer/integrations/{story.client.integration_id}/manifest", manifest)
    assert done.status_code == 303
    assert "Not shown" in (await ada.get(pages)).text
    page = await ada.get(f"{pages}/{path.rpartition('/')[2]}")
    assert "BadgePress no longer names this address in its manifest" in page.text
    assert "<iframe" not in (await nobody.get(path)).text


async def test_who_has_not_signed_in_is_led_on_top_level_and_not_round_in_circles(app, db, clock, story) -> None:
    path = await made(await app.as_user(story.ada), story, requires_auth="1", visibility="participants")
    stranger = await app.anybody()
    assert (await stranger.get(path)).headers["location"].startswith("/account/sign-in")
    async with db.tx() as tx:
        await tx.run("UPDATE user_grants SET ended_at = now(), end_reason = 'participant_disconnected'")
        await given.application(tx, story.ada, story.cyd, story.event_id, now=clock.now())
    cyd = await app.as_user(story.cyd)
    led = await cyd.get(path)
    assert led.status_code == 302
    target = urlsplit(led.headers["location"])
    assert target.netloc == "badges.papertrail.example"
    query = parse_qs(target.query)
    assert query["event_id"] == [story.event_id]
    back = query["return_to"][0]
    assert back.startswith(f"{ORIGIN}{path}")
    again = await cyd.get(back.removeprefix(ORIGIN))
    assert again.status_code == 200
    assert "This page needs you to sign in" in again.text


async def test_the_frame_of_who_signed_in_gets_a_launch_token_that_the_published_key_verifies(
    app, db, clock, story
) -> None:
    path = await made(await app.as_user(story.ada), story, requires_auth="1", visibility="participants")
    async with db.tx() as tx:
        await given.application(tx, story.ada, story.cyd, story.event_id, now=clock.now())
        await grants.grant(
            tx, story.cyd, story.event_id, story.client, story.installation, ["profile.read"], now=clock.now()
        )
    cyd = await app.as_user(story.cyd)
    _, query = frame(await cyd.get(path))
    head, claims, signature = query["launch_token"][0].split(".")
    (key,) = (await cyd.get("/.well-known/jwks.json")).json()["keys"]
    assert json.loads(_raw(head)) == {"alg": "ES256", "typ": "JWT", "kid": key["kid"]}
    x, y = (int.from_bytes(_raw(key[name]), "big") for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = (int.from_bytes(part, "big") for part in (_raw(signature)[:32], _raw(signature)[32:]))
    public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = json.loads(_raw(claims))
    assert said.pop("jti")
    assert said == {
        "iss": ORIGIN,
        "aud": story.client.id,
        "sub": story.cyd,
        "event_id": story.event_id,
        "page_id": path.rpartition("/")[2],
        "role": "participant",
        "iat": int(clock.now().timestamp()),
        "exp": int(clock.now().timestamp()) + 60,
    }


async def test_a_text_page_is_seen_by_whom_it_is_for_and_listed_for_them_alone(app, story) -> None:
    ada, anybody = await app.as_user(story.ada), await app.anybody()
    hidden = await made(
        ada, story, kind="text", title="Crew only", body="# Hello\n\n<script>x</script>", visibility="organizers"
    )
    shown = await made(ada, story, kind="text", title="House rules", body="Be kind.")
    assert (await anybody.get(hidden)).status_code == 404
    assert "Be kind." in (await anybody.get(shown)).text
    list_ = (await anybody.get(f"/events/{story.event_id}/pages")).text
    assert "House rules" in list_
    assert "Crew only" not in list_
    assert "<script>x" not in (await ada.get(hidden)).text


async def test_pages_are_ordered_changed_and_removed(app, story) -> None:
    ada = await app.as_user(story.ada)
    await made(ada, story, kind="text", title="First", body="1")
    second = await made(ada, story, kind="text", title="Second", body="2")
    own = f"/organizer{second}"
    assert (await ada.post(f"{own}/up")).status_code == 303
    page = (await ada.get(f"/organizer/events/{story.event_id}/pages")).text
    assert page.index(">Second<") < page.index(">First<")
    form = {"title": "Changed", "kind": "text", "body": "3", "visibility": "everyone"}
    assert (await ada.post(own, form)).status_code == 303
    assert "Changed" in (await ada.get(own)).text
    assert (await ada.post(f"{own}/drop")).status_code == 303
    assert (await ada.get(own)).status_code == 404


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
