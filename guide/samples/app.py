"""An integration with the Python SDK and Flask. The guide shows its parts; the conformance kit runs it."""

# [setup]
import os
import secrets

from flask import Flask, redirect, request, session
from revento_sdk import (
    LOGIN_SCOPES,
    AuthorizationFailed,
    NotConnected,
    Receiver,
    Revento,
    SqliteDeliveryLog,
    SqliteTokenStore,
    TokenRevoked,
)
from revento_sdk.adapters.flask import webhook_view

app = Flask(__name__)
app.config.update(SECRET_KEY=secrets.token_bytes(32), SESSION_COOKIE_SAMESITE="Lax")
revento = Revento(tokens=SqliteTokenStore("tokens.db"))  # REVENTO_CLIENT_ID, REVENTO_CLIENT_SECRET, REVENTO_BASE_URL
REDIRECT_URI = os.environ["REVENTO_REDIRECT_URI"]
# [/setup]


# [connect]
@app.get("/connect")
def connect():
    asked = revento.authorize(redirect_uri=REDIRECT_URI, event_id=request.args.get("event_id"))
    session["state"] = asked.state  # in this browser's session
    return redirect(asked.url)


@app.get("/callback")
def callback():
    try:
        tokens = revento.finish(request.args, session_state=session.pop("state", None))
    except AuthorizationFailed as refused:
        return {"error": refused.code}, 400
    return redirect(session.pop("return_to", None) or f"/?event={tokens.event_id}", 303)


# [/connect]


# [login]
@app.get("/login")
def login():
    back = request.args.get("return_to", "")
    if not back.startswith(os.environ["REVENTO_BASE_URL"] + "/"):  # come back to Revento only
        return {"error": "return_to"}, 400
    asked = revento.authorize(redirect_uri=REDIRECT_URI, scopes=LOGIN_SCOPES, event_id=request.args["event_id"])
    session.update(state=asked.state, return_to=back)
    return redirect(asked.url)


# [/login]


# [read]
@app.post("/read")
def read():
    event = revento.event(request.args.get("event_id") or os.environ["SANDBOX_EVENT_ID"])
    try:
        approved = [one["display_name"] for one in event.participants(application_status="approved")]
    except (NotConnected, TokenRevoked):
        return {"error": "connect the event again"}, 409
    return {"title": event.get()["title"], "approved": approved}


# [/read]


# [webhook]
received: dict[str, dict] = {}


def handle(delivery):
    message = delivery.message
    if message["type"] == "data.deletion_required":
        forget(message)
    else:
        received[delivery.id] = message


def forget(message):
    duty = message["data"]
    who = duty["participant_id"] or duty["user_id"] or ""  # nobody is named: everything of this event
    for id, one in list(received.items()):
        if one["event_id"] == message["event_id"] and who in str(one):
            del received[id]
    revento.confirm_deletion(duty["deletion_id"])


receiver = Receiver(os.environ["REVENTO_WEBHOOK_SECRET"])  # a list of two while you rotate
app.post("/webhooks/revento")(webhook_view(receiver, SqliteDeliveryLog("deliveries.db"), handle))
# [/webhook]


# [webview]
import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry


@app.get("/page")
def page():
    person = launched(request.args.get("launch_token", ""))
    if person is None:
        return {"error": "open this page from the event"}, 401
    answer = app.make_response(f"Hello, {person['role']}.")
    answer.headers["Content-Security-Policy"] = f"frame-ancestors {os.environ['REVENTO_BASE_URL']}"
    return answer


def launched(token: str):
    """The claims of a launch token that Revento signed for us within the last minute."""
    keys = KeySet.import_key_set(httpx.get(os.environ["REVENTO_BASE_URL"] + "/.well-known/jwks.json").json())
    try:
        claims = jwt.decode(token, keys, algorithms=["ES256"]).claims
        wanted = JWTClaimsRegistry(
            aud={"essential": True, "value": os.environ["REVENTO_CLIENT_ID"]}, exp={"essential": True}
        )
        wanted.validate(claims)
    except (JoseError, ValueError):
        return None
    return claims


# [/webview]


@app.get("/")
def status():
    return list(received.values())


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "3000")))
