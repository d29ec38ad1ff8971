// Fastify: `await app.register(webhookPlugin(receiver, log, handler, "/webhooks/revento"))`.
import type { DeliveryLog, HeadersLike, Receiver } from "../webhooks.js";
import { answer, MOST_BYTES, type Handler } from "./outcome.js";

interface Asked {
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

interface Reply {
  code(status: number): Reply;
  send(body: unknown): unknown;
}

interface App {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: string,
    options: { parseAs: "buffer"; bodyLimit: number },
    parser: (request: unknown, body: Uint8Array, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  post(path: string, handler: (request: Asked, reply: Reply) => Promise<unknown>): unknown;
}

/** A plugin with one route; only inside it the body stays raw, the rest of the application parses as before. */
export function webhookPlugin(receiver: Receiver, log: DeliveryLog, handler: Handler, path = "/webhooks/revento") {
  // Fastify's own types are not imported, so that nobody has to install it: what is used of it is `App`.
  return async (instance: unknown): Promise<void> => {
    const app = instance as App;
    app.removeAllContentTypeParsers();
    const options = { parseAs: "buffer" as const, bodyLimit: MOST_BYTES };
    app.addContentTypeParser("*", options, (_request, body, done) => done(null, body));
    app.post(path, async (request, reply) => {
      const raw = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const { status, body } = await answer(receiver, log, handler, request.headers as HeadersLike, raw);
      return reply.code(status).send(body);
    });
  };
}
