// What an endpoint answers, the same in every framework.
import { Busy, NotGenuine, once, type Delivery, type DeliveryLog, type HeadersLike, type Receiver } from "../webhooks.js";

export type Handler = (delivery: Delivery) => unknown;

/** No delivery is larger; whoever sends more is not Revento. */
export const MOST_BYTES = 1 << 20;

export interface Outcome {
  status: number;
  body: Record<string, unknown>;
}

/** Status and body. What the handler throws is thrown on: the framework's 500 makes Revento try again. */
export async function answer(receiver: Receiver, log: DeliveryLog, handler: Handler, headers: HeadersLike, raw: Uint8Array): Promise<Outcome> {
  if (raw.length > MOST_BYTES) return { status: 413, body: { error: "payload_too_large" } };
  try {
    const delivery = await receiver.receive(headers, raw);
    await once(log, delivery, () => handler(delivery));
  } catch (error) {
    if (error instanceof NotGenuine) return { status: 401, body: { error: "not_genuine" } };
    if (error instanceof Busy) return { status: 503, body: { error: "busy" } };
    throw error;
  }
  return { status: 200, body: { ok: true } };
}

/** Everything that a stream gives, at most a little more than `MOST_BYTES`. */
export async function collected(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(part);
    size += part.length;
    if (size > MOST_BYTES) break;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
