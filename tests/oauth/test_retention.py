"""What is long over is forgotten, and nothing that still has something to say."""

from datetime import timedelta

import httpx

from revento.kernel.config import Settings
from revento.oauth.retention import actions
from revento.workers import forget_tokens
from revento.workers.tools import Tools
from tests.oauth.given import Speaker
from tests.visits import Site


def tools(site: Site) -> Tools:
    given = site.app.state["services"]
    settings: Settings = given.settings
    return Tools(settings, site.db, site.clock, given.keys, given.box)


async def kept(site: Site) -> dict[str, int]:
    names = ("consent_requests", "authorization_codes", "access_tokens", "refresh_tokens", "token_families")
    async with site.db.tx() as tx:
        return {name: await tx.one(int, f"SELECT count(*) FROM {name}") for name in names}  # type: ignore[arg-type]


async def test_pages_codes_and_tokens_go_when_their_time_is_over_and_not_before(
    badges: Speaker, ada: httpx.AsyncClient, site: Site, clock
) -> None:
    code, made = await badges.code(ada)
    first = (await badges.redeem(code, made)).json()
    second = (await badges.refresh(first["refresh_token"])).json()
    everything = await kept(site)
    assert set((await forget_tokens.forget(tools(site))).values()) == {0}
    assert await kept(site) == everything

    clock.pass_(days=2)  # the page is a day over, the code can still be replayed and ends its family
    assert await forget_tokens.forget(tools(site)) == dict.fromkeys(actions.STEPS, 0) | {"pages": 1}

    clock.pass_(days=6)
    assert await forget_tokens.forget(tools(site)) == dict.fromkeys(actions.STEPS, 0) | {"codes": 1, "access": 1}
    told = await badges.http.get(
        f"/api/v1/events/{badges.event_id}", headers={"Authorization": f"Bearer {second['access_token']}"}
    )
    assert (told.status_code, told.json()["error"]) == (401, "token_expired")
    assert (await badges.refresh(second["refresh_token"])).status_code == 200


async def test_a_family_goes_thirty_days_after_its_last_refresh_token_ran_out(
    badges: Speaker, ada: httpx.AsyncClient, site: Site, clock
) -> None:
    tokens = await badges.tokens(ada)
    clock.pass_(days=8)
    await forget_tokens.forget(tools(site))
    clock.pass_(seconds=actions.FAMILIES.total_seconds() - timedelta(days=8).total_seconds())
    assert (await forget_tokens.forget(tools(site)))["families"] == 0
    assert (await badges.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    clock.pass_(seconds=1)
    assert (await forget_tokens.forget(tools(site)))["families"] == 1
    assert set((await kept(site)).values()) == {0}


async def test_a_spent_refresh_token_ends_its_family_for_as_long_as_it_would_have_lived(
    badges: Speaker, ada: httpx.AsyncClient, site: Site, clock
) -> None:
    first = await badges.tokens(ada)
    second = (await badges.refresh(first["refresh_token"])).json()
    clock.pass_(days=60)
    third = (await badges.refresh(second["refresh_token"])).json()
    clock.pass_(days=29)
    await forget_tokens.forget(tools(site))
    assert (await badges.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await badges.refresh(third["refresh_token"])).json()["error"] == "invalid_grant"


async def test_the_audit_forgets_refreshes_that_went_well_after_ninety_days_and_nothing_else(
    badges: Speaker, ada: httpx.AsyncClient, site: Site, clock
) -> None:
    first = await badges.tokens(ada)
    await badges.refresh(first["refresh_token"])
    await badges.refresh("rev_refresh_none")
    before = await site.rows(str, "SELECT action FROM token_audit ORDER BY id")
    assert "token.refreshed" in before
    clock.pass_(days=90)
    assert (await forget_tokens.forget(tools(site)))["rotations"] == 0
    clock.pass_(seconds=1)
    assert (await forget_tokens.forget(tools(site)))["rotations"] == 1
    after = await site.rows(str, "SELECT action FROM token_audit ORDER BY id")
    assert after == [each for each in before if each != "token.refreshed"]
