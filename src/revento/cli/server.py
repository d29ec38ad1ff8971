"""Talking to a Revento server over HTTP, as an integrator's own machine does: no database, no platform settings."""

import base64
import http.client
import json
import os
import ssl
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
import typer

from revento.cli import dotenv as dotenvs
from revento.cli import remembered
from revento.cli.terminal import Failed
from revento.contract.headers import MEDIA_TYPE_V1, REQUEST_ID

Server = Annotated[str | None, typer.Option("--server", metavar="URL", help="Which Revento; REVENTO_BASE_URL.")]
ClientId = Annotated[str | None, typer.Option("--client-id", help="REVENTO_CLIENT_ID.")]
ClientSecret = Annotated[str | None, typer.Option("--client-secret", help="REVENTO_CLIENT_SECRET.")]
DEFAULT: Final = "http://localhost:8000"
_TIMEOUT_S: Final = 15.0


class Answer(msgspec.Struct, frozen=True):
    """What came back. `document` is the decoded JSON, or the text when it is none."""

    status: int
    headers: Mapping[str, str]
    text: str
    took_s: float

    @property
    def document(self) -> Any:
        """The body, decoded when it is JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return self.text

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300


def setting(given: str | None, variable: str) -> str:
    """An option, else the environment, else `.env` in this folder. Raises `Failed`."""
    found = _told(given, variable)
    if not found:
        raise Failed(f"{variable} is not set: give the option, export it, or write it into .env")
    return found


def _told(given: str | None, variable: str) -> str | None:
    return given or os.environ.get(variable) or dotenv().get(variable)


def dotenv() -> dict[str, str]:
    """What `.env` in this folder sets."""
    return dotenvs.read(Path(dotenvs.NAME))


def base_url(given: str | None) -> str:
    """Which Revento is meant; if nothing says so, that of the last login. Raises `Failed`."""
    url = (_told(given, "REVENTO_BASE_URL") or remembered.read().current or DEFAULT).rstrip("/")
    if urlsplit(url).scheme not in ("http", "https"):
        raise Failed(f"--server: {url!r} is not an address such as {DEFAULT}")
    return url


def _credentials(base: str, client_id: str | None, client_secret: str | None) -> tuple[str, str]:
    """Id and secret from the same place: both told, or both of this machine's login. Raises `Failed`."""
    if _told(client_id, "REVENTO_CLIENT_ID") or _told(client_secret, "REVENTO_CLIENT_SECRET"):
        return setting(client_id, "REVENTO_CLIENT_ID"), setting(client_secret, "REVENTO_CLIENT_SECRET")
    login = remembered.read().servers.get(base)
    if login is None:
        raise Failed(f"no credentials for {base}: run revento login, or set REVENTO_CLIENT_ID and its secret")
    return login.client_id, login.client_secret


class Client:
    """The integration at one server, with its client credentials."""

    def __init__(
        self, server: str | None, client_id: str | None, client_secret: str | None, *, patience_s: float = _TIMEOUT_S
    ) -> None:
        self._patience_s = patience_s
        self.base_url = base_url(server)
        self.client_id, secret = _credentials(self.base_url, client_id, client_secret)
        self._basic = "Basic " + base64.b64encode(f"{self.client_id}:{secret}".encode()).decode()

    def ask(
        self, method: str, path: str, *, query: Mapping[str, object] | None = None, body: Any = None, wait_s: float = 0
    ) -> Any:
        """One call of `/api/v1/integration…`; its document. Raises `Failed` in one friendly line."""
        answer = self.send(method, f"/api/v1/integration{path}", query=query, body=body, wait_s=wait_s)
        if not answer.is_success:
            raise Failed(refusal(answer))
        return answer.document

    def send(
        self, method: str, path: str, *, query: Mapping[str, object] | None = None, body: Any = None, wait_s: float = 0
    ) -> Answer:
        """The same for any path; the answer as it is."""
        raw = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": self._basic, "Accept": "application/json"}
        if raw is not None:
            headers["Content-Type"] = "application/json"
        return request(
            method, with_query(self.base_url + path, query), headers, raw, timeout_s=self._patience_s + wait_s
        )

    def form(self, path: str, fields: Mapping[str, str]) -> Answer:
        """A form-encoded POST, as the OAuth endpoints want it."""
        headers = {"Authorization": self._basic, "Content-Type": "application/x-www-form-urlencoded"}
        return request("POST", self.base_url + path, headers, urlencode(fields).encode())


def api(base: str, token: str, method: str, path: str, query: Mapping[str, object] | None = None) -> Answer:
    """One request of the read API with a bearer token. `path` may leave out `/api/v1`."""
    below = path if path.startswith(("/api/", "/oauth/", "/.well-known/")) else f"/api/v1/{path.lstrip('/')}"
    headers = {"Authorization": f"Bearer {token}", "Accept": MEDIA_TYPE_V1}
    return request(method.upper(), with_query(base + below, query), headers)


def post(base: str, path: str, body: Any) -> Answer:
    """A JSON document to an endpoint that asks for no credentials."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    return request("POST", base + path, headers, json.dumps(body).encode())


def with_query(url: str, query: Mapping[str, object] | None) -> str:
    """The address with those parameters that are not None."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    if not given:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(given)}"


def request(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, timeout_s: float = _TIMEOUT_S
) -> Answer:
    """One HTTP request; redirects are answers, not followed. Raises `Failed` when nobody answers."""
    parts = urlsplit(url)
    started = time.monotonic()
    try:
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout_s)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = {"User-Agent": "revento-cli", REQUEST_ID: str(uuid.uuid4())}
        connection.request(method, target, body=body, headers=named | dict(headers))
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        connection.close()
    except (OSError, http.client.HTTPException) as error:
        why = "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
        raise Failed(f"{parts.scheme}://{parts.netloc} does not answer: {why}") from error
    return Answer(response.status, dict(response.getheaders()), text, time.monotonic() - started)


def _connection(scheme: str, host: str, port: int | None, timeout_s: float) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(host, port, timeout=timeout_s)


_SAY: Final = {
    "invalid_client": "client id or secret is wrong; look at REVENTO_CLIENT_ID and REVENTO_CLIENT_SECRET",
    "invalid_token": "the access token is not one of this server's",
    "token_expired": "the access token is older than an hour; refresh it",
    "token_revoked": "the connection was ended; connect the event again",
}


def refusal(answer: Answer) -> str:
    """A server's no in one line, with the request id that support asks for."""
    document = answer.document
    if not isinstance(document, dict) or "error" not in document:
        return f"the server answered {answer.status}, which is no answer of Revento's"
    fields: dict[str, Any] = document  # pyright: ignore[reportUnknownVariableType]
    code = str(fields["error"])
    say = _SAY.get(code) or str(fields.get("message") or fields.get("error_description") or "")
    if fields.get("field"):
        say += f" ({fields['field']}: expected {fields.get('expected', 'something else')})"
    return f"{code}: {say} [request {fields.get('request_id', 'unknown')}]"
