import { handle, log, receiver } from "./receiving.mjs";
// [hono]
import { Hono } from "hono";
import { webhookHandler } from "revento-sdk/hono";

const app = new Hono();
app.post("/webhooks/revento", webhookHandler(receiver, log, handle));
// [/hono]
export default app;
