"""A Revento integration in one file: connect an event, read it, receive its signed webhooks. See README.md."""
import base64, hashlib, hmac, json, os, secrets, sqlite3, sys, threading, time, uuid  # noqa: E401
from urllib.parse import urlencode

import requests
from flask import Flask, redirect, request, session

NEEDED = "REVENTO_CLIENT_ID", "REVENTO_CLIENT_SECRET", "REVENTO_WEBHOOK_SECRET", "SANDBOX_EVENT_ID"
ID, SECRET, WH_SECRET, EVENT_ID = (os.environ.get(name) or sys.exit(f"Set {name}, see README.md") for name in NEEDED)
BASE = os.environ.get("REVENTO_BASE_URL", "http://localhost:8000").rstrip("/")
PORT, V1 = int(os.environ.get("PORT", "3000")), "application/vnd.revento.v1+json"
REDIRECT_URI = os.environ.get("REVENTO_REDIRECT_URI", f"http://localhost:{PORT}/callback")
app = Flask(__name__)
app.config.update(SECRET_KEY=secrets.token_bytes(32), SESSION_COOKIE_SAMESITE="Lax", MAX_CONTENT_LENGTH=1 << 20)
os.umask(0o077)  # the database holds tokens: only this user may read it. In production, encrypt them as well.
db = sqlite3.connect(os.environ.get("QUICKSTART_DB", "quickstart.db"), check_same_thread=False)
db.execute("CREATE TABLE IF NOT EXISTS event (id PRIMARY KEY, access, refresh, expires_at, title, participants)")
db.execute("CREATE TABLE IF NOT EXISTS delivery (id PRIMARY KEY, event_id, body)")
lock = threading.RLock()  # one at a time: two requests must never spend the same refresh token

def grant(**form):
    """Get tokens, and commit them before anybody uses them: a lost refresh token means asking for consent again."""
    answer = requests.post(f"{BASE}/oauth/token", {**form, "client_id": ID, "client_secret": SECRET}, timeout=10)
    if answer.status_code == 400:  # invalid_grant is permanent: the organizer has to connect again
        with lock, db: db.execute("DELETE FROM event WHERE refresh = ?", (form.get("refresh_token"),))
        raise PermissionError(answer.json()["error"])
    answer.raise_for_status()
    new = answer.json()
    row = new["event_id"], new["access_token"], new["refresh_token"], time.time() + new["expires_in"]
    with lock, db: db.execute("INSERT OR REPLACE INTO event (id, access, refresh, expires_at) VALUES (?, ?, ?, ?)", row)
    return new

def access_token(event_id, refused=None):
    """The stored token, or a new one if that is about to expire or is the one that was just refused."""
    with lock:
        row = db.execute("SELECT access, refresh, expires_at FROM event WHERE id = ?", (event_id,)).fetchone()
        if not row:
            raise PermissionError("not connected")
        fresh = row[0] != refused and time.time() < row[2] - 30
        return row[0] if fresh else grant(grant_type="refresh_token", refresh_token=row[1])["access_token"]

def read(event_id, path="", **params):
    token = access_token(event_id)
    for _ in range(4):
        headers = {"Authorization": f"Bearer {token}", "X-Revento-Request-Id": str(uuid.uuid4()), "Accept": V1}
        answer = requests.get(f"{BASE}/api/v1/events/{event_id}{path}", params, headers=headers, timeout=10)
        error, wait = answer.json().get("error"), int(answer.headers.get("Retry-After", 1))
        if error == "token_expired":
            token = access_token(event_id, refused=token)
        elif answer.status_code in (429, 503) and wait <= 60:
            time.sleep(wait)
        elif answer.status_code == 401:  # token_revoked: no longer connected, and no refresh will help
            raise PermissionError(error)
        else:
            answer.raise_for_status()
            return answer.json()
    raise TimeoutError(error)

def read_event(event_id):
    title, people, page = read(event_id)["title"], 0, {"has_more": True, "next_cursor": None}
    while page["has_more"]:
        page = read(event_id, "/participants", limit=50, cursor=page["next_cursor"])  # None is not sent
        people += len(page["data"])
    with lock, db: db.execute("UPDATE event SET title = ?, participants = ? WHERE id = ?", (title, people, event_id))
    return redirect("/", 303)

@app.get("/connect")
def connect():
    session["state"], session["verifier"] = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(session["verifier"].encode()).digest()).rstrip(b"=").decode()
    return redirect(f"{BASE}/oauth/authorize?" + urlencode({
        "response_type": "code", "client_id": ID, "redirect_uri": REDIRECT_URI, "state": session["state"],
        "scope": "event.read participants.read", "event_id": request.args.get("event_id", EVENT_ID),
        "code_challenge": challenge, "code_challenge_method": "S256"}))

@app.get("/callback")
def callback():
    state, verifier, code = session.pop("state", ""), session.pop("verifier", ""), request.args.get("code")
    if not state or not hmac.compare_digest(state.encode(), request.args.get("state", "").encode()) or not code:
        return {"error": request.args.get("error", "this browser has started no such connection")}, 400
    new = grant(grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI, code_verifier=verifier)
    return read_event(new["event_id"])

@app.post("/webhooks/revento")
def webhook():
    stamp, raw = request.headers.get("X-Revento-Timestamp", ""), request.get_data()
    signed = b"sha256=" + hmac.digest(WH_SECRET.encode(), stamp.encode() + b"." + raw, "sha256").hex().encode()
    given = [request.headers.get(f"X-Revento-Signature{kind}", "").encode() for kind in ("", "-Previous")]
    fresh = stamp.isascii() and stamp.isdecimal() and len(stamp) < 12 and abs(time.time() - int(stamp)) <= 300
    id, right = request.headers.get("X-Revento-Delivery-Id"), [hmac.compare_digest(signed, one) for one in given]
    if not id or not fresh or not given[0] or not any(right):
        return {"error": "not signed by Revento within five minutes"}, 401
    message = json.loads(raw)
    with lock, db:  # the id and its effect are one transaction: what fails is sent again, a repeat changes nothing
        new = db.execute("INSERT OR IGNORE INTO delivery VALUES (?, ?, ?)", (id, message["event_id"], raw.decode()))
        if new.rowcount and message["type"] == "data.deletion_required":
            forget(message["event_id"], message["data"])
    return "", 204

def forget(event_id, duty):
    """Erase what an ended connection, or one person, has left here, then say that it is done."""
    who = duty["participant_id"] or duty["user_id"] or ""
    db.execute("UPDATE delivery SET body = NULL WHERE event_id = ? AND instr(body, ?)", (event_id, who))
    if not who: db.execute("UPDATE event SET title = NULL, participants = NULL WHERE id = ?", (event_id,))
    url = f"{BASE}/api/v1/integration/deletions/{duty['deletion_id']}/confirm"
    answer = requests.post(url, auth=(ID, SECRET), timeout=5)
    if answer.status_code != 404: answer.raise_for_status()  # 404: the duty is gone, as after a reset of the sandbox

app.post("/read")(lambda: read_event(request.args.get("event_id", EVENT_ID)))  # what /callback has read, once more
app.errorhandler(PermissionError)(lambda why: ({"error": str(why), "connect": "/connect"}, 409))

@app.get("/")
def status():
    with lock:
        events = db.execute("SELECT id, title, participants, expires_at FROM event").fetchall()
        bodies = db.execute("SELECT body FROM delivery WHERE body IS NOT NULL ORDER BY rowid DESC LIMIT 20").fetchall()
    shown = [dict(zip(("event_id", "title", "participants", "token_expires_at"), row)) for row in events]
    return {"events": shown, "received": [json.loads(body) for body, in bodies]}

app.run(port=PORT)
