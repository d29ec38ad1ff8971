// Next route handlers, and everything else that takes a Request and gives a Response (Deno, Bun, Workers, Remix):
// `export const POST = webhookRoute(receiver, log, handler)`.
import type { DeliveryLog, Receiver } from "../webhooks.js";
import { answer, type Handler } from "./outcome.js";

/** A route handler. The body is read as it came. */
export function webhookRoute(receiver: Receiver, log: DeliveryLog, handler: Handler) {
  return async (request: Request): Promise<Response> => {
    const raw = new Uint8Array(await request.arrayBuffer());
    const { status, body } = await answer(receiver, log, handler, request.headers, raw);
    return Response.json(body, { status });
  };
}
