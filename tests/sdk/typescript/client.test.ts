// The reading side, against a provider on loopback.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import {
  ApiError, AuthorizationFailed, ConsentRequired, Forbidden, MemoryTokenStore, NotConnected, NotFound, pkce, RateLimited,
  Revento, TokenRevoked, Unreachable, type Tokens, type TokenStore,
} from "revento-sdk";
import { FolderTokenStore } from "revento-sdk/node";
import { EVENT, Provider, refusal } from "./provider.js";

const HOME = "https://app.example/callback";
const BASE = `/api/v1/events/${EVENT}`;
let provider: Provider;
let store: TokenStore;
let slept: number[];

beforeEach(async () => {
  provider = await new Provider().start();
  [store, slept] = [new MemoryTokenStore(), []];
});
afterEach(() => provider.stop());

const client = (options: object = {}): Revento =>
  new Revento({
    clientId: "client", clientSecret: "secret", baseUrl: provider.url, tokens: store,
    sleep: async (seconds) => void slept.push(seconds), ...options,
  });

async function connected(expiresIn = 3600, into: TokenStore = store): Promise<void> {
  const now = Date.now() / 1000;
  provider.generation = 1;
  const tokens: Tokens = {
    accessToken: "rev_install_1", refreshToken: "rev_refresh_1", expiresAt: now + expiresIn, refreshExpiresAt: now + 7776000,
    scope: "event.read", eventId: EVENT, organizationId: "org_1", userId: null, revision: "first", refreshingUntil: 0,
  };
  await into.put(EVENT, tokens);
  provider.documents[BASE] = { id: EVENT, title: "Larks" };
}

test("authorize asks for exactly what is needed", async () => {
  const { url, state } = await client().authorize({ redirectUri: HOME, scopes: ["event.read"], eventId: EVENT });
  const asked = new URL(url);
  const { code_challenge, ...query } = Object.fromEntries(asked.searchParams);
  assert.equal(asked.origin + asked.pathname, `${provider.url}/oauth/authorize`);
  assert.equal(code_challenge?.length, 43);
  assert.deepEqual(query, {
    response_type: "code", client_id: "client", redirect_uri: HOME, scope: "event.read", state, code_challenge_method: "S256", event_id: EVENT,
  });
});

test("finish proves itself and stores before it resolves", async () => {
  const revento = client();
  const { url, state } = await revento.authorize({ redirectUri: HOME, eventId: EVENT });
  const tokens = await revento.finish(`${HOME}?code=c0de&state=${state}&iss=${provider.url}`, { sessionState: state });
  const { code_verifier = "", ...form } = provider.asked[0]?.form ?? {};
  assert.equal(await pkce.challenge(code_verifier), new URL(url).searchParams.get("code_challenge"));
  assert.deepEqual(form, {
    grant_type: "authorization_code", code: "c0de", redirect_uri: HOME, client_id: "client", client_secret: "secret",
  });
  assert.deepEqual(await store.get(EVENT), tokens);
});

for (const [name, change, session, code] of [
  ["another state", { state: "another" }, true, "state_mismatch"],
  ["no session", {}, false, "state_mismatch"],
  ["another issuer", { iss: "https://elsewhere.example" }, true, "issuer_mismatch"],
  ["a no", { code: "", error: "access_denied" }, true, "access_denied"],
] as const)
  test(`finish refuses ${name}`, async () => {
    const revento = client();
    const { state } = await revento.authorize({ redirectUri: HOME });
    const query = new URLSearchParams(Object.entries({ code: "c0de", state, iss: provider.url, ...(change as object) }));
    const refused = revento.finish(query, { sessionState: session ? state : undefined });
    await assert.rejects(refused, (error) => error instanceof AuthorizationFailed && error.code === code);
    assert.equal(provider.asked.length, 0);
  });

test("a state counts once", async () => {
  const revento = client();
  const { state } = await revento.authorize({ redirectUri: HOME });
  const query = new URLSearchParams({ code: "c", state });
  await revento.finish(query, { sessionState: state });
  await assert.rejects(revento.finish(query, { sessionState: state }), AuthorizationFailed);
});

test("a code is never shown twice", async () => {
  provider.script["/oauth/token"] = [{ lost: true }];
  const revento = client();
  const { state } = await revento.authorize({ redirectUri: HOME });
  await assert.rejects(revento.finish(new URLSearchParams({ code: "c", state }), { sessionState: state }), Unreachable);
  assert.equal(provider.asked.length, 1);
});

test("a list is read to its end, page by page", async () => {
  await connected();
  provider.documents[`${BASE}/participants`] = Array.from({ length: 120 }, (_, n) => ({ id: `ptp_${n}` }));
  const ids: string[] = [];
  const updatedSince = new Date("2026-07-10T14:00:00Z");
  for await (const one of client().event(EVENT).participants({ role: "host", updatedSince })) ids.push(one.id);
  assert.deepEqual(ids, Array.from({ length: 120 }, (_, n) => `ptp_${n}`));
  const filters = { role: "host", updated_since: "2026-07-10T14:00:00Z", limit: "50" };
  assert.deepEqual(provider.asked.map((one) => one.query), [filters, { ...filters, cursor: "50" }, { ...filters, cursor: "100" }]);
  const headers = provider.asked[0]?.headers ?? {};
  assert.equal(headers["accept"], "application/vnd.revento.v1+json");
  assert.match(headers["x-revento-request-id"] ?? "", /^[0-9a-f-]{36}$/);
});

test("without tokens nothing is sent", async () => {
  await assert.rejects(client().event(EVENT).get(), NotConnected);
  assert.equal(provider.asked.length, 0);
});

test("a token near its end is refreshed before use", async () => {
  await connected(20);
  assert.equal((await client().event(EVENT).get()).title, "Larks");
  assert.deepEqual(provider.asked.map((one) => one.path), ["/oauth/token", BASE]);
  assert.equal((await store.get(EVENT))?.refreshToken, "rev_refresh_2");
});

test("an expired token is refreshed once and the request repeated", async () => {
  await connected();
  provider.script[BASE] = [refusal("token_expired", 401)];
  await client().event(EVENT).get();
  assert.equal(provider.rotations, 1);
  provider.script[BASE] = [refusal("token_expired", 401), refusal("token_expired", 401)];
  await assert.rejects(client().event(EVENT).get(), (error) => error instanceof ApiError && error.code === "token_expired");
});

test("racing reads rotate once", async () => {
  await connected(0);
  const revento = client();
  await Promise.all(Array.from({ length: 20 }, () => revento.event(EVENT).get()));
  assert.deepEqual([provider.rotations, provider.of("/oauth/token").length], [1, 1]);
});

test("racing processes rotate once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "revento-"));
  const shared = new FolderTokenStore(folder);
  await connected(0, shared);
  const racers = Array.from({ length: 3 }, () => fork(new URL("./racer.js", import.meta.url), [provider.url, folder, EVENT]));
  const codes = await Promise.all(racers.map((one) => new Promise((go) => one.once("exit", go))));
  assert.deepEqual(codes, [0, 0, 0]);
  assert.deepEqual([provider.rotations, provider.of("/oauth/token").length], [1, 1]);
  assert.equal((await shared.get(EVENT))?.refreshToken, "rev_refresh_2");
  const [file = ""] = readdirSync(folder);
  assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
});

test("a refresh whose answer is lost is asked again and costs nothing", async () => {
  await connected(0);
  provider.lostRefreshes = 1;
  assert.equal((await client().event(EVENT).get()).title, "Larks");
  assert.equal(provider.rotations, 1);
});

test("invalid_grant ends the connection for good", async () => {
  await connected(0);
  provider.over = true;
  await assert.rejects(client().event(EVENT).get(), ConsentRequired);
  assert.equal(await store.get(EVENT), undefined);
});

test("Retry-After is waited for, and a wait that is too long is thrown", async () => {
  await connected();
  provider.script[BASE] = [refusal("rate_limit_exceeded", 429, { "Retry-After": "7" }, { window: "minute" })];
  await client().event(EVENT).get();
  assert.deepEqual(slept, [7]);
  provider.script[BASE] = [refusal("rate_limit_exceeded", 429, { "Retry-After": "900" }, { window: "hour" })];
  await assert.rejects(client().event(EVENT).get(), (error) => error instanceof RateLimited && error.window === "hour" && error.retryAfter === 900);
});

test("an hour that is used up is not asked again", async () => {
  await connected();
  const reset = Math.floor(Date.now() / 1000) + 1800;
  const headers = { "X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(reset) };
  provider.script[BASE] = [{ body: { id: EVENT }, headers }];
  const event = client().event(EVENT);
  await event.get();
  assert.deepEqual(event.budget, { limit: 500, remaining: 0, resetAt: reset });
  await assert.rejects(event.get(), RateLimited);
  assert.equal(provider.asked.length, 1);
});

test("errors are typed by their code", async () => {
  await connected();
  const event = client({ retries: 0 }).event(EVENT);
  for (const [code, status, type] of [
    ["token_revoked", 401, TokenRevoked], ["insufficient_scope", 403, Forbidden], ["not_found", 404, NotFound], ["something_new", 418, ApiError],
  ] as const) {
    provider.script[BASE] = [refusal(code, status, {}, { reason: "organizer_disconnected" })];
    await assert.rejects(event.get(), (error) => error instanceof type && error.code === code && error.requestId.startsWith("0b0d6f0e"));
  }
  provider.script[BASE] = [{ status: 502, body: "<html>" }];
  await assert.rejects(event.get(), (error) => error instanceof ApiError && error.status === 502);
});

test("the integration's own endpoints are asked with id and secret", async () => {
  provider.documents["/api/v1/integration/deliveries"] = { data: [], next_cursor: null, has_more: false };
  const revento = client();
  assert.deepEqual((await revento.deliveries({ wait: 99 })).data, []);
  await revento.acknowledge(["a", "b"]);
  await revento.confirmDeletion("del_1");
  const [first, second, third] = provider.asked;
  assert.deepEqual(first?.query, { only: "all", wait: "20", limit: "100" });
  assert.equal(first?.headers["authorization"], `Basic ${Buffer.from("client:secret").toString("base64")}`);
  assert.deepEqual([second?.path, second?.body], ["/api/v1/integration/deliveries/ack", '{"ids":["a","b"]}']);
  assert.equal(third?.path, "/api/v1/integration/deletions/del_1/confirm");
});

test("revoking ends it on both sides", async () => {
  await connected();
  await client().revoke(EVENT);
  assert.equal(provider.asked[0]?.form["token"], "rev_refresh_1");
  assert.equal(await store.get(EVENT), undefined);
});
