import { handle, log, receiver } from "./receiving.mjs";
// [next]
import { webhookRoute } from "revento-sdk/next";

export const POST = webhookRoute(receiver, log, handle);
// [/next]
