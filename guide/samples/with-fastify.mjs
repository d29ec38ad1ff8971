import { handle, log, receiver } from "./receiving.mjs";
// [fastify]
import Fastify from "fastify";
import { webhookPlugin } from "revento-sdk/fastify";

const app = Fastify();
await app.register(webhookPlugin(receiver, log, handle, "/webhooks/revento"));
// [/fastify]
export default app;
