// Hono: `app.post("/webhooks/revento", webhookHandler(receiver, log, handler))`.
import type { DeliveryLog, Receiver } from "../webhooks.js";
import type { Handler } from "./outcome.js";
import { webhookRoute } from "./next.js";

/** A handler for one route. The body is read as it came. */
export function webhookHandler(receiver: Receiver, log: DeliveryLog, handler: Handler) {
  const route = webhookRoute(receiver, log, handler);
  return (context: { req: { raw: Request } }): Promise<Response> => route(context.req.raw);
}
