"""A reviewer's clicks without a browser: signed in once, then one approval after the other until the house falls."""

import re

import httpx

from tests.flows.house import House

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Reviewer:
    """Somebody who approves by the page's own form. `confirmed` are the approvals that were answered."""

    def __init__(self, house: House) -> None:
        self.client = httpx.Client(base_url=house.url, trust_env=False, follow_redirects=False, timeout=30)
        self.confirmed: list[str] = []
        organizer = house.person("organizer")
        form = {"csrf_token": self._token("/account/sign-in"), **{n: organizer[n] for n in ("email", "password")}}
        answer = self.client.post("/account/sign-in", data=form)
        assert answer.status_code == 303, answer.text

    def approve_until_it_falls(self, event_id: str) -> None:
        """Approves one after the other of those who wait, until the house no longer answers."""
        queue = f"/organizer/events/{event_id}/applications"
        try:
            page = self.client.get(queue, params={"status": "pending"})
            for id in dict.fromkeys(re.findall(r"app_[0-9a-z]{26}", page.text)):
                self._approve(f"{queue}/{id}", id)
        except httpx.TransportError:
            return

    def _approve(self, at: str, id: str) -> None:
        page = self.client.get(at)
        if page.status_code != 200:
            return  # it is falling: the database is gone already
        version = re.search(r'name="version" value="(\d+)"', page.text)
        assert version is not None
        said = {"version": version[1], "decision": "approved", "query": "", "note": ""}
        answer = self.client.post(f"{at}/decide", data=said | {"csrf_token": CSRF.findall(page.text)[0]})
        if answer.status_code == 303:
            self.confirmed.append(id)

    def _token(self, path: str) -> str:
        return CSRF.findall(self.client.get(path).text)[0]
