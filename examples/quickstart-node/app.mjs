// A Revento integration in one file: connect an event, read it, receive its signed webhooks. See README.md.
import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
const env = (name) => process.env[name] || (console.error(`Set ${name}: see README.md`), process.exit(1));
const ID = env("REVENTO_CLIENT_ID"), SECRET = env("REVENTO_CLIENT_SECRET");
const WEBHOOK_SECRET = env("REVENTO_WEBHOOK_SECRET"), EVENT_ID = env("SANDBOX_EVENT_ID");
const BASE = (process.env.REVENTO_BASE_URL ?? "http://localhost:8000").replace(/\/$/, "");
const PORT = Number(process.env.PORT ?? 3000), V1 = "application/vnd.revento.v1+json";
const REDIRECT_URI = process.env.REVENTO_REDIRECT_URI ?? `http://localhost:${PORT}/callback`;
const FILE = process.env.QUICKSTART_FILE ?? "quickstart.json";
const stored = existsSync(FILE) ? JSON.parse(readFileSync(FILE)) : { events: {}, deliveries: {} };
const flows = new Map(), refreshing = new Map(); // state -> PKCE verifier; event -> the one refresh under way
class NotConnected extends Error {}
// The file holds tokens: only this user may read it. In production, use a database and encrypt them.
function save() {
  writeFileSync(`${FILE}.new`, JSON.stringify(stored), { mode: 0o600 });
  renameSync(`${FILE}.new`, FILE);
}
async function ask(path, init) {
  const answer = await fetch(BASE + path, { ...init, signal: AbortSignal.timeout(5_000) }), text = await answer.text();
  const wait = Number(answer.headers.get("Retry-After") ?? 1);
  return { ok: answer.ok, status: answer.status, wait, got: text && JSON.parse(text) };
}
// Gets tokens, and saves them before anybody uses them: a lost refresh token means asking for consent again.
async function grant(form) {
  const body = new URLSearchParams({ ...form, client_id: ID, client_secret: SECRET });
  const { ok, status, got } = await ask("/oauth/token", { method: "POST", body });
  if (!ok) throw new (status === 400 ? NotConnected : Error)(got.error); // invalid_grant is permanent: connect again
  const { event_id, access_token: access, refresh_token: refresh, expires_in } = got;
  stored.events[event_id] = { access, refresh, token_expires_at: Date.now() / 1000 + expires_in };
  return save(), event_id;
}
// The stored token, or a new one if that is about to expire or is the one that was just refused.
async function accessToken(eventId, refused) {
  const event = stored.events[eventId];
  if (!event) throw new NotConnected("not connected");
  if (event.access !== refused && Date.now() / 1000 < event.token_expires_at - 30) return event.access;
  const start = () => grant({ grant_type: "refresh_token", refresh_token: event.refresh }).catch((why) => {
    if (why instanceof NotConnected) delete stored.events[eventId], save();
    throw why;
  });
  if (!refreshing.has(eventId)) refreshing.set(eventId, start().finally(() => refreshing.delete(eventId)));
  await refreshing.get(eventId);
  return stored.events[eventId].access;
}
async function read(eventId, path = "") {
  let token = await accessToken(eventId);
  for (let attempt = 0; attempt < 4; attempt++) {
    const { ok, status, wait, got } = await ask(`/api/v1/events/${eventId}${path}`, {
      headers: { Authorization: `Bearer ${token}`, Accept: V1, "X-Revento-Request-Id": randomUUID() } });
    if (ok) return got;
    if (got.error === "token_expired") token = await accessToken(eventId, token);
    else if ([429, 503].includes(status) && wait <= 60) await new Promise((go) => setTimeout(go, wait * 1000));
    else throw new (status === 401 ? NotConnected : Error)(got.error); // token_revoked: no refresh will help
  }
  throw new Error("Revento is busy: try again later");
}
async function readEvent(eventId) {
  const { title } = await read(eventId), pages = [await read(eventId, "/participants?limit=50")];
  for (let page = pages[0]; page.has_more; pages.push(page))
    page = await read(eventId, `/participants?limit=50&cursor=${encodeURIComponent(page.next_cursor)}`);
  Object.assign(stored.events[eventId], { title, participants: pages.flatMap((page) => page.data).length });
  return save(), [303, null, { Location: "/" }];
}
function connect(request, query) {
  const state = randomBytes(32).toString("base64url"), verifier = randomBytes(48).toString("base64url");
  flows.set(state, verifier);
  const url = `${BASE}/oauth/authorize?${new URLSearchParams({
    response_type: "code", client_id: ID, redirect_uri: REDIRECT_URI, scope: "event.read participants.read", state,
    event_id: query.get("event_id") ?? EVENT_ID, code_challenge_method: "S256",
    code_challenge: createHash("sha256").update(verifier).digest("base64url") })}`;
  return [302, null, { Location: url, "Set-Cookie": `state=${state}; HttpOnly; SameSite=Lax; Path=/` }];
}
async function callback(request, query) {
  const state = query.get("state"), code = query.get("code"), code_verifier = flows.get(state);
  const mine = (request.headers.cookie ?? "").split("; ").includes(`state=${state}`); // begun in this very browser
  if (!code_verifier || !mine || !flows.delete(state) || !code)
    return [400, { error: query.get("error") ?? "this browser has started no such connection" }];
  return readEvent(await grant({ grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, code_verifier }));
}
async function webhook({ headers }, query, raw) {
  const { "x-revento-timestamp": stamp = "", "x-revento-signature": current, "x-revento-delivery-id": id } = headers;
  const hex = createHmac("sha256", WEBHOOK_SECRET).update(`${stamp}.`).update(raw).digest("hex");
  const signed = Buffer.from(`sha256=${hex}`), given = [current, headers["x-revento-signature-previous"] ?? ""];
  const right = (one) => Buffer.byteLength(one) === signed.length && timingSafeEqual(Buffer.from(one), signed);
  if (!id || !current || !given.some(right) || !/^\d{1,11}$/.test(stamp) || Math.abs(Date.now() / 1000 - stamp) > 300)
    return [401, { error: "not signed by Revento within five minutes" }];
  const message = JSON.parse(raw);
  if (stored.deliveries[id] !== undefined) return [204]; // a repeat changes nothing
  if (message.type === "data.deletion_required") await forget(message.event_id, message.data);
  stored.deliveries[id] = message; // kept after its effect: what fails is answered with 500 and sent again
  return save(), [204];
}
// Erases what an ended connection, or one person, has left here, then says that it is done.
async function forget(eventId, { deletion_id, participant_id, user_id }) {
  const who = participant_id ?? user_id ?? "";
  const about = (one) => one?.event_id === eventId && JSON.stringify(one).includes(who);
  for (const [id, one] of Object.entries(stored.deliveries)) if (about(one)) stored.deliveries[id] = null;
  if (!who) Object.assign(stored.events[eventId] ?? {}, { title: null, participants: null });
  const headers = { Authorization: `Basic ${Buffer.from(`${ID}:${SECRET}`).toString("base64")}` };
  const { ok, status } = await ask(`/api/v1/integration/deletions/${deletion_id}/confirm`, { method: "POST", headers });
  if (!ok && status !== 404) throw new Error(`confirming the deletion: ${status}`); // 404: gone, as after a reset
}
function status() {
  const events = Object.entries(stored.events).map(([id, { access, refresh, ...seen }]) => ({ event_id: id, ...seen }));
  return [200, { events, received: Object.values(stored.deliveries).filter(Boolean).slice(-20).reverse() }];
}
const readAgain = (request, query) => readEvent(query.get("event_id") ?? EVENT_ID);
const routes = { "GET /": status, "GET /connect": connect, "GET /callback": callback,
  "POST /webhooks/revento": webhook, "POST /read": readAgain };
async function answer(request, response) {
  const parts = [], { pathname, searchParams } = new URL(request.url, "http://localhost");
  for await (const part of request) parts.push(part);
  const route = routes[`${request.method} ${pathname}`] ?? (() => [404, { error: "not_found" }]);
  const failed = (why) => [why instanceof NotConnected ? 409 : 500, { error: why.message, connect: "/connect" }];
  const [code, body, headers] = await (async () => route(request, searchParams, Buffer.concat(parts)))().catch(failed);
  response.writeHead(code, { "Content-Type": "application/json", ...headers }).end(body && JSON.stringify(body));
}
createServer(answer).listen(PORT, "127.0.0.1", () => console.log(`To connect: http://localhost:${PORT}/connect`));
