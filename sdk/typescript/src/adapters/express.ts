// Express (and plain node:http): `app.post("/webhooks/revento", webhookHandler(receiver, log, handler))`.
// Put it before `express.json()`, or leave that out for this route: a body that was parsed cannot be verified any more.
import type { DeliveryLog, Receiver } from "../webhooks.js";
import { answer, collected, type Handler } from "./outcome.js";

interface Asked extends AsyncIterable<Uint8Array> {
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}

interface Answer {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/** A handler for one route. Takes the raw body from the stream, or from `express.raw()`. */
export function webhookHandler(receiver: Receiver, log: DeliveryLog, handler: Handler) {
  return async (request: Asked, response: Answer, next?: (error?: unknown) => void): Promise<void> => {
    try {
      const raw = request.body instanceof Uint8Array ? request.body : await unread(request);
      const { status, body } = await answer(receiver, log, handler, request.headers, raw);
      response.statusCode = status;
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(body));
    } catch (error) {
      if (!next) throw error;
      next(error);
    }
  };
}

function unread(request: Asked): Promise<Uint8Array> {
  const { body } = request;
  if (body !== undefined && !(typeof body === "object" && body !== null && Object.keys(body).length === 0))
    throw new TypeError("the body was parsed before it could be verified: mount this route before express.json()");
  return collected(request);
}
