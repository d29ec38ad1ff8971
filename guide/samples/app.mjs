// An integration with the TypeScript SDK and Express. The guide shows its parts; the conformance kit runs it.
// [setup]
import express from "express";
import { AuthorizationFailed, LOGIN_SCOPES, NotConnected, Receiver, Revento, TokenRevoked } from "revento-sdk";
import { webhookHandler } from "revento-sdk/express";
import { FolderDeliveryLog, FolderTokenStore } from "revento-sdk/node";

const app = express();
const revento = new Revento({ tokens: new FolderTokenStore("tokens") }); // REVENTO_CLIENT_ID, REVENTO_CLIENT_SECRET, REVENTO_BASE_URL
const redirectUri = process.env.REVENTO_REDIRECT_URI;
const BASE = process.env.REVENTO_BASE_URL;
// [/setup]

// [connect]
const cookie = (request, name) => new Map((request.headers.cookie ?? "").split("; ").map((one) => one.split("="))).get(name);

app.get("/connect", async (request, response) => {
  const { url, state } = await revento.authorize({ redirectUri, eventId: request.query.event_id });
  response.cookie("state", state, { httpOnly: true, sameSite: "lax" }).redirect(url); // in this browser's session
});

app.get("/callback", async (request, response) => {
  const query = new URL(request.originalUrl, "http://localhost").searchParams;
  try {
    const tokens = await revento.finish(query, { sessionState: cookie(request, "state") });
    const back = decodeURIComponent(cookie(request, "return_to") ?? "") || `/?event=${tokens.eventId}`;
    response.clearCookie("state").clearCookie("return_to").redirect(303, back);
  } catch (error) {
    if (!(error instanceof AuthorizationFailed)) throw error;
    response.status(400).json({ error: error.code });
  }
});
// [/connect]

// [login]
app.get("/login", async (request, response) => {
  const back = String(request.query.return_to ?? "");
  if (!back.startsWith(`${BASE}/`)) return response.status(400).json({ error: "return_to" }); // come back to Revento only
  const eventId = String(request.query.event_id);
  const { url, state } = await revento.authorize({ redirectUri, scopes: LOGIN_SCOPES, eventId });
  response.cookie("state", state, { httpOnly: true, sameSite: "lax" });
  response.cookie("return_to", back, { httpOnly: true, sameSite: "lax" }).redirect(url);
});
// [/login]

// [read]
app.post("/read", async (request, response) => {
  const event = revento.event(String(request.query.event_id ?? process.env.SANDBOX_EVENT_ID));
  try {
    const approved = [];
    for await (const one of event.participants({ applicationStatus: "approved" })) approved.push(one.display_name);
    response.json({ title: (await event.get()).title, approved });
  } catch (error) {
    if (!(error instanceof NotConnected || error instanceof TokenRevoked)) throw error;
    response.status(409).json({ error: "connect the event again" });
  }
});
// [/read]

// [webhook]
const received = new Map();

const handle = async ({ id, message }) => {
  if (message.type === "data.deletion_required") await forget(message);
  else received.set(id, message);
};

const forget = async ({ event_id, data }) => {
  const who = data.participant_id ?? data.user_id ?? ""; // nobody is named: everything of this event
  for (const [id, one] of received) if (one.event_id === event_id && JSON.stringify(one).includes(who)) received.delete(id);
  await revento.confirmDeletion(data.deletion_id);
};

const receiver = new Receiver(process.env.REVENTO_WEBHOOK_SECRET); // a list of two while you rotate
app.post("/webhooks/revento", webhookHandler(receiver, new FolderDeliveryLog("deliveries"), handle)); // before express.json()
// [/webhook]

// [webview]
app.get("/page", async (request, response) => {
  const person = await launched(String(request.query.launch_token ?? ""));
  if (!person) return response.status(401).json({ error: "open this page from the event" });
  response.set("Content-Security-Policy", `frame-ancestors ${BASE}`).send(`Hello, ${person.role}.`);
});

/** The claims of a launch token that Revento signed for us within the last minute. */
async function launched(token) {
  const [head, body, signature] = token.split(".").map((part) => Buffer.from(part, "base64url"));
  if (!signature) return null;
  const { keys } = await (await fetch(`${BASE}/.well-known/jwks.json`)).json();
  const jwk = keys.find((one) => one.kid === JSON.parse(head).kid);
  if (!jwk) return null;
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const signed = Buffer.from(token.slice(0, token.lastIndexOf(".")));
  const claims = JSON.parse(body);
  const right = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed);
  return right && claims.aud === process.env.REVENTO_CLIENT_ID && claims.exp > Date.now() / 1000 ? claims : null;
}
// [/webview]

app.get("/", (request, response) => response.json([...received.values()]));
app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
