// The receiving side: dedupe, the test helper, and the real frameworks.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { test } from "node:test";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { Busy, MemoryDeliveryLog, NotGenuine, once, Receiver, type Delivery, type DeliveryLog, type Message } from "revento-sdk";
import { webhookHandler as forExpress } from "revento-sdk/express";
import { webhookPlugin } from "revento-sdk/fastify";
import { webhookHandler as forHono } from "revento-sdk/hono";
import { webhookRoute } from "revento-sdk/next";
import { FolderDeliveryLog } from "revento-sdk/node";
import { SECRET, signedDelivery } from "revento-sdk/testing";

type Handler = (delivery: Delivery) => unknown;
type Send = (headers: Record<string, string>, raw: Uint8Array<ArrayBuffer>) => Promise<number>;
const receiver = new Receiver(SECRET);
const APPROVED = { id: "app_1", participant_id: "ptp_ż", status: "approved" } as const;

/** What a message says, by its type: compiles only while `Message` is a discriminated union. */
function told(message: Message): string {
  switch (message.type) {
    case "application.approved":
      return `${message.data.participant_id} by ${message.data.approver_id}`;
    case "activity.updated":
      return message.data.changed_fields.join();
    case "integration.suspended":
      return message.event_id ?? message.data.reason;
    default:
      return message.type;
  }
}

test("an empty secret is refused at once", () => {
  for (const none of ["", [], ["a", ""], undefined]) assert.throws(() => new Receiver(none), TypeError);
});

test("a signed delivery is received with all that it says", async () => {
  const { headers, raw } = await signedDelivery("application.approved", { ...APPROVED, approver_id: "usr_2" }, { sequence: 7, attempt: 3 });
  const delivery = await receiver.receive(headers, raw);
  assert.deepEqual([delivery.id, delivery.sequence, delivery.attempt, delivery.replay], [headers["X-Revento-Delivery-Id"], 7, 3, false]);
  assert.equal(told(delivery.message), "ptp_ż by usr_2");
  await receiver.verifyStandard(headers, raw);
  await receiver.receive(new Headers(headers), raw);
});

test("what is no JSON object is refused although it is signed", async () => {
  const { headers } = await signedDelivery("webhook.test", { message: "x" });
  const stamp = headers["X-Revento-Timestamp"] ?? "";
  const { signatureOf } = await import("revento-sdk");
  for (const body of ["", "[]", "nonsense", "{}"]) {
    const signed = { ...headers, "X-Revento-Signature": await signatureOf(SECRET, stamp, new TextEncoder().encode(body)) };
    await assert.rejects(receiver.receive(signed, body), (error) => error instanceof NotGenuine && error.why === "malformed_body");
  }
});

for (const [name, log] of [
  ["memory", new MemoryDeliveryLog()], ["a folder", new FolderDeliveryLog(mkdtempSync(`${tmpdir()}/revento-`))],
] as [string, DeliveryLog][])
  test(`a delivery is processed once, in ${name}`, async () => {
    const { headers, raw } = await signedDelivery("webhook.test", { message: "x" });
    const delivery = await receiver.receive(headers, raw);
    await assert.rejects(once(log, delivery, () => assert.fail("broke")), /broke/);
    let inside: unknown;
    const ran = await once(log, delivery, async () => {
      inside = await once(log, delivery, () => undefined).catch((error: unknown) => error);
    });
    assert.ok(ran && inside instanceof Busy);
    assert.equal(await once(log, delivery, () => assert.fail("twice")), false);
  });

async function serving(server: Server): Promise<[Send, () => void]> {
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/revento`;
  const send: Send = async (headers, body) => (await fetch(url, { method: "POST", headers, body })).status;
  return [send, () => (server.closeAllConnections(), server.close())];
}

const FRAMEWORKS: Record<string, (handler: Handler, log: DeliveryLog) => Promise<[Send, () => void]>> = {
  async express(handler, log) {
    const app = express();
    app.post("/webhooks/revento", forExpress(receiver, log, handler));
    app.use(express.json());
    return serving(createServer(app));
  },
  async "express.raw"(handler, log) {
    const app = express();
    app.post("/webhooks/revento", express.raw({ type: "*/*" }), forExpress(receiver, log, handler));
    return serving(createServer(app));
  },
  async fastify(handler, log) {
    const app = Fastify();
    await app.register(webhookPlugin(receiver, log, handler));
    app.post("/other", async (request) => request.body); // still parses JSON
    const url = `${await app.listen({ port: 0, host: "127.0.0.1" })}/webhooks/revento`;
    const send: Send = async (headers, body) => (await fetch(url, { method: "POST", headers, body })).status;
    return [send, () => (app.server.closeAllConnections(), void app.close())];
  },
  async hono(handler, log) {
    const app = new Hono();
    app.post("/webhooks/revento", forHono(receiver, log, handler));
    return [async (headers, body) => (await app.request("/webhooks/revento", { method: "POST", headers, body })).status, () => undefined];
  },
  async next(handler, log) {
    const POST = webhookRoute(receiver, log, handler);
    return [async (headers, body) => (await POST(new Request("http://localhost/", { method: "POST", headers, body }))).status, () => undefined];
  },
};

for (const [name, start] of Object.entries(FRAMEWORKS))
  test(`${name}: raw body, refusals, once, and what fails comes again`, async () => {
    const seen: string[] = [];
    let broken = false;
    const [send, stop] = await start((delivery) => {
      if (broken) throw new Error("the handler broke");
      seen.push(delivery.id);
    }, new MemoryDeliveryLog());
    try {
      const { headers, raw } = await signedDelivery("application.approved", APPROVED);
      const altered = Uint8Array.from(raw, (one, at) => (at === raw.length - 3 ? one ^ 1 : one));
      assert.equal(await send(headers, altered), 401);
      assert.equal(await send({ ...headers, "X-Revento-Signature": "" }, raw), 401);
      assert.deepEqual([await send(headers, raw), await send(headers, raw)], [200, 200]);
      assert.deepEqual(seen, [headers["X-Revento-Delivery-Id"]]);
      const another = await signedDelivery("webhook.test", { message: "x" });
      broken = true;
      assert.equal(await send(another.headers, another.raw).catch(() => 500), 500);
      broken = false;
      assert.equal(await send(another.headers, another.raw), 200);
      assert.equal(seen.length, 2);
    } finally {
      stop();
    }
  });

test("express says what is wrong when the body was parsed too early", async () => {
  const app = express();
  app.use(express.json());
  app.post("/webhooks/revento", forExpress(receiver, new MemoryDeliveryLog(), () => undefined));
  let said = "";
  app.use(((error, _request, response, _next) => {
    said = String(error);
    response.status(500).end();
  }) as express.ErrorRequestHandler);
  const [send, stop] = await serving(createServer(app));
  const { headers, raw } = await signedDelivery("webhook.test", { message: "x" });
  assert.equal(await send(headers, raw), 500);
  assert.match(said, /before express.json/);
  stop();
});
