import { handle, log, receiver } from "./receiving.mjs";
// [express]
import express from "express";
import { webhookHandler } from "revento-sdk/express";

const app = express();
app.post("/webhooks/revento", webhookHandler(receiver, log, handle)); // before express.json()
app.use(express.json());
// [/express]
export default app;
