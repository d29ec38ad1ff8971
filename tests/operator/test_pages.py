"""The desk in the browser: accessible, fitting, without complaints."""

import pytest

from revento.kernel.clock import Clock
from revento.kernel.db import Database
from tests.browser.conftest import PageAt, browser, page_at, sign_in, site
from tests.browser.looks import faults, with_axe
from tests.browser.story import convention, person

from .test_desk import PAPERS

pytestmark = pytest.mark.browser
__all__ = ["browser", "page_at", "site"]


async def test_the_pages_are_accessible_and_fit(db: Database, site: str, clock: Clock, page_at: PageAt) -> None:
    from revento.identity import proofs
    from revento.identity.organizations import actions as organizations
    from revento.identity.permissions import Permission

    story = await convention(db, clock, ("Leila Haddad",))
    async with db.tx() as tx:
        olga = await person(tx, "Olga Operator", clock.now())
        await tx.run("UPDATE users SET is_operator = true WHERE id = %(id)s", id=olga)
        member = await proofs.as_organization_member(
            tx, story.people["Ada Moss"], story.organization_id, Permission.ORGANIZATION_EDIT
        )
        await organizations.request_verification(tx, member, PAPERS, now=clock.now())
    page = await page_at(1280)
    await with_axe(page)
    await sign_in(page, site, "olga@example.test")
    paths = {
        "overview": "/operator",
        "verifications": "/operator/organizations?view=pending",
        "organizations": "/operator/organizations",
        "organization": f"/operator/organizations/{story.organization_id}",
        "users": "/operator/users",
        "user": f"/operator/users/{story.people['Ada Moss']}",
        "audit": "/operator/audit",
        "search": "/operator/search?q=moss",
        "act-as": "/account/act-as",
    }
    for name, path in paths.items():
        await page.goto(f"{site}{path}")
        assert (name, await faults(page)) == (name, [])
