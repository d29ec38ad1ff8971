// The copy stays right whatever order deliveries come in, and whatever gets lost.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Receiver, Revento, type Delivery, type MessageType } from "revento-sdk";
import { MemoryMirrorStore, Mirror } from "revento-sdk/mirror";
import { SECRET, signedDelivery } from "revento-sdk/testing";
import { EVENT, Provider, refusal } from "./provider.js";

const BASE = `/api/v1/events/${EVENT}`;
const at = (minute: number): string => `2026-07-10T14:${String(minute).padStart(2, "0")}:00Z`;
let provider: Provider;
let store: MemoryMirrorStore;
let mirror: Mirror;

beforeEach(async () => {
  provider = await new Provider().start();
  for (const name of ["threads", "locations", "registration-waves"]) provider.documents[`${BASE}/${name}`] = [];
  provider.documents[BASE] = { id: EVENT, title: "Larks", updated_at: at(0) };
  provider.documents[`${BASE}/participants`] = [0, 1, 2].map((n) => ({ id: `ptp_${n}`, updated_at: at(0) }));
  provider.documents[`${BASE}/activities`] = Array.from({ length: 70 }, (_, n) => ({ id: `act_${n}`, v: 0, updated_at: at(0) }));
  const revento = new Revento({ clientId: "client", clientSecret: "secret", baseUrl: provider.url });
  const { state } = await revento.authorize({ redirectUri: "https://app.example/callback" });
  await revento.finish(new URLSearchParams({ code: "c", state }), { sessionState: state });
  store = new MemoryMirrorStore();
  mirror = new Mirror(revento, EVENT, store);
});
afterEach(() => provider.stop());

async function delivered(type: MessageType, data: object, sequence: number): Promise<Delivery> {
  const { headers, raw } = await signedDelivery(type, data, { eventId: EVENT, sequence });
  return new Receiver(SECRET).receive(headers, raw);
}

const activity = (v: number, id = "act_1"): Promise<Delivery> =>
  delivered("activity.updated", { id, v, updated_at: at(v), changed_fields: ["v"] }, v);

test("a load takes everything and drops what is gone", async () => {
  await mirror.load();
  assert.deepEqual([store.ids("activity").length, store.ids("participant").length], [70, 3]);
  (provider.documents[`${BASE}/participants`] as unknown[]).pop();
  await mirror.load();
  assert.deepEqual(store.ids("participant"), ["ptp_0", "ptp_1"]);
});

test("what the token has no scope for is left out", async () => {
  provider.script[BASE] = [refusal("insufficient_scope", 403, {}, { required_scope: "event.read" })];
  await mirror.load();
  assert.deepEqual([store.get("event", EVENT), store.ids("participant").length], [undefined, 3]);
  provider.script[`${BASE}/participants`] = [refusal("event_not_authorized", 403)];
  await assert.rejects(mirror.load(), /event_not_authorized/);
});

test("deliveries in any order, with repeats, at once, end in the newest state", async () => {
  await mirror.load();
  const deliveries = await Promise.all([7, 3, 10, 1, 2, 9, 4, 8, 6, 5, 1, 10, 5].map((v) => activity(v)));
  await Promise.all(deliveries.map((one) => mirror.apply(one)));
  assert.deepEqual(store.get("activity", "act_1"), { id: "act_1", v: 10, updated_at: at(10) });
});

test("a gap is repaired from the pull feed", async () => {
  await mirror.apply(await activity(1));
  await mirror.apply(await activity(4));
  assert.deepEqual(await mirror.missing(), [2, 3]);
  const lost = await Promise.all([2, 3].map((v) => signedDelivery("activity.updated", { id: "act_2", updated_at: at(v), description: String(v) }, { eventId: EVENT, sequence: v })));
  const data = lost.map(({ headers, raw }) => ({ id: headers["X-Revento-Delivery-Id"], headers, body: Buffer.from(raw).toString("base64") }));
  provider.documents["/api/v1/integration/deliveries"] = { data, next_cursor: null, has_more: false };
  assert.equal(await mirror.repair(), 2);
  assert.deepEqual([await mirror.missing(), store.get("activity", "act_2")?.["description"]], [[], "3"]);
  const asked = provider.asked.length;
  assert.deepEqual([await mirror.repair(), provider.asked.length], [0, asked + 1]);
});

test("after a time of being down, what waits is fetched although nothing newer has shown a gap", async () => {
  await mirror.load();
  await mirror.apply(await activity(1));
  const waiting = await Promise.all([2, 3].map((v) => signedDelivery("activity.updated", { id: "act_2", updated_at: at(v), description: String(v) }, { eventId: EVENT, sequence: v })));
  const data = waiting.map(({ headers, raw }) => ({ id: headers["X-Revento-Delivery-Id"], headers, body: Buffer.from(raw).toString("base64") }));
  provider.documents["/api/v1/integration/deliveries"] = { data, next_cursor: null, has_more: false };
  assert.deepEqual(await mirror.missing(), []);
  assert.deepEqual([await mirror.repair(), store.get("activity", "act_2")?.["description"]], [2, "3"]);
  assert.equal(await mirror.repair(), 0);
});

test("a gap that the feed lost too is repaired by a load", async () => {
  await mirror.apply(await activity(1));
  await mirror.apply(await activity(4));
  provider.documents["/api/v1/integration/deliveries"] = { data: [], next_cursor: null, has_more: false };
  assert.equal(await mirror.repair(), 0);
  assert.deepEqual([await mirror.missing(), store.ids("participant").length], [[], 3]);
});

test("a deletion erases and confirms", async () => {
  await mirror.load();
  const duty = { deletion_id: "del_1", subject: "participant", participant_id: "ptp_1", user_id: "usr_1" };
  await mirror.apply(await delivered("data.deletion_required", duty, 1));
  assert.deepEqual(store.ids("participant"), ["ptp_0", "ptp_2"]);
  store.put("participant", "ptp_3", { id: "ptp_3", user_id: "usr_3", updated_at: at(0) });
  provider.script["/api/v1/integration/deletions/del_2/confirm"] = [refusal("not_found", 404)];
  await mirror.apply(await delivered("data.deletion_required", { ...duty, deletion_id: "del_2", participant_id: null, user_id: "usr_3" }, 2));
  assert.deepEqual(store.ids("participant"), ["ptp_0", "ptp_2"]);
  await mirror.apply(await delivered("data.deletion_required", { ...duty, deletion_id: "del_3", subject: "event", participant_id: null, user_id: null }, 3));
  assert.deepEqual([store.ids("participant"), store.ids("activity"), store.get("event", EVENT)], [[], [], undefined]);
  const confirmed = provider.asked.filter((one) => one.path.endsWith("/confirm")).map((one) => one.path);
  assert.deepEqual(confirmed, [1, 2, 3].map((n) => `/api/v1/integration/deletions/del_${n}/confirm`));
});

test("an application's message reads the participant that it is about", async () => {
  provider.documents[`${BASE}/participants/ptp_9`] = { id: "ptp_9", updated_at: at(1), role: "host" };
  await mirror.apply(await delivered("application.approved", { id: "app_1", participant_id: "ptp_9" }, 1));
  assert.equal(store.get("participant", "ptp_9")?.["role"], "host");
});
