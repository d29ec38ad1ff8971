// Receiving webhooks: is it Revento, is it recent, is it new, and what does it say.
import { base64, equal, fromBase64, hex, hmac, joined, utf8, type Bytes } from "./bytes.js";
import { ReventoError } from "./errors.js";
import type { Message } from "./types.js";

type Soon<T> = T | Promise<T>;

/** How far a signature's time may be from ours, in seconds. */
export const TOLERANCE_S = 300;
export type Why = "missing_header" | "malformed_timestamp" | "stale_timestamp" | "signature_mismatch" | "malformed_body";
export type HeadersLike = Headers | Readonly<Record<string, string | string[] | undefined>>;

/** Refuse the request with 401. `why` is for your log, not for the answer. */
export class NotGenuine extends ReventoError {
  constructor(readonly why: Why) {
    super(why);
  }
}

/** A genuine delivery. `message.type` tells which message it is, also to the type checker. */
export interface Delivery {
  /** The same on every attempt: process each once (`once`). */
  id: string;
  message: Message;
  raw: Uint8Array;
  attempt: number;
  /** Counts without a gap per connected event; `null` when the message belongs to no event. */
  sequence: number | null;
  replay: boolean;
}

/** Verifies deliveries with one secret, or with several while they are being rotated. */
export class Receiver {
  readonly #secrets: readonly string[];
  readonly #tolerance: number;
  readonly #clock: () => number;

  constructor(secrets: string | readonly string[] | undefined, options: { tolerance?: number; clock?: () => number } = {}) {
    this.#secrets = typeof secrets === "string" ? [secrets] : [...(secrets ?? [])];
    if (this.#secrets.length === 0 || this.#secrets.some((one) => !one))
      throw new TypeError("a webhook secret is needed: an empty one would let everybody in");
    this.#tolerance = options.tolerance ?? TOLERANCE_S;
    this.#clock = options.clock ?? (() => Date.now() / 1000);
  }

  /**
   * The delivery, if `raw` (the body's exact bytes) was signed by Revento within five minutes. Throws `NotGenuine`.
   * Header names may come in any case.
   */
  async receive(headers: HeadersLike, raw: Uint8Array | string): Promise<Delivery> {
    const [read, body] = [reader(headers), bytes(raw)];
    await this.verify(headers, body);
    const message = parsed(body);
    return {
      id: read("x-revento-delivery-id"),
      message,
      raw: body,
      attempt: number(read("x-revento-attempt")) ?? 1,
      sequence: number(read("x-revento-sequence")),
      replay: read("x-revento-replay") === "true",
    };
  }

  /** Only the check of `X-Revento-Signature`. Throws `NotGenuine`. */
  async verify(headers: HeadersLike, raw: Uint8Array | string): Promise<void> {
    const read = reader(headers);
    const [stamp, signature] = [read("x-revento-timestamp"), read("x-revento-signature")];
    if (!stamp || !signature || !read("x-revento-delivery-id")) throw new NotGenuine("missing_header");
    this.#checkAge(stamp);
    const right = await Promise.all(this.#secrets.map((secret) => signatureOf(secret, stamp, bytes(raw))));
    checkAny(right, [signature, read("x-revento-signature-previous")]);
  }

  /** The same by the Standard Webhooks headers, for those who have receivers for them. Throws `NotGenuine`. */
  async verifyStandard(headers: HeadersLike, raw: Uint8Array | string): Promise<void> {
    const read = reader(headers);
    const [id, stamp, signatures] = [read("webhook-id"), read("webhook-timestamp"), read("webhook-signature")];
    if (!id || !stamp || !signatures) throw new NotGenuine("missing_header");
    this.#checkAge(stamp);
    const right = await Promise.all(this.#secrets.map((secret) => standardSignatureOf(secret, id, stamp, bytes(raw))));
    checkAny(right, signatures.split(" "));
  }

  #checkAge(stamp: string): void {
    const signedAt = number(stamp);
    if (signedAt === null) throw new NotGenuine("malformed_timestamp");
    if (Math.abs(this.#clock() - signedAt) > this.#tolerance) throw new NotGenuine("stale_timestamp");
  }
}

/** Every pair is compared, so that the time taken tells nothing about which one was right. */
function checkAny(right: readonly string[], given: readonly string[]): void {
  const found = right.flatMap((one) => given.map((other) => equal(one, other)));
  if (!found.includes(true)) throw new NotGenuine("signature_mismatch");
}

/** The value of `X-Revento-Signature`. */
export async function signatureOf(secret: string, stamp: string, raw: Uint8Array): Promise<string> {
  return `sha256=${hex(await hmac(utf8(secret), joined(utf8(`${stamp}.`), raw)))}`;
}

/** One entry of `webhook-signature`. */
export async function standardSignatureOf(secret: string, id: string, stamp: string, raw: Uint8Array): Promise<string> {
  const key = fromBase64(secret.replace(/^whsec_/, ""));
  return `v1,${base64(await hmac(key, joined(utf8(`${id}.${stamp}.`), raw)))}`;
}

/** Looks headers up in either shape, whatever their case. A header that was sent twice counts as none. */
function reader(headers: HeadersLike): (name: string) => string {
  if (headers instanceof Headers) return (name) => headers.get(name) ?? "";
  const plain = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = plain.get(name);
    return typeof value === "string" ? value : "";
  };
}

function parsed(body: Uint8Array): Message {
  let message: unknown;
  try {
    message = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new NotGenuine("malformed_body");
  }
  if (typeof message !== "object" || message === null || !("type" in message)) throw new NotGenuine("malformed_body");
  return message as Message;
}

const bytes = (raw: Uint8Array | string): Bytes => (typeof raw === "string" ? utf8(raw) : (raw as Bytes));
const number = (value: string): number | null => (/^\d{1,11}$/.test(value) ? Number(value) : null);

export type Claim = "first" | "done" | "busy";

/** The same delivery is being processed right now. Answer 503: the next attempt finds it done, or not. */
export class Busy extends ReventoError {}

/** Remembers which deliveries were processed. A database row with a unique id will do. */
export interface DeliveryLog {
  /** Claim it, atomically; tells when it is `done` already, or claimed by somebody who still works on it (`busy`). */
  begin(deliveryId: string): Soon<Claim>;
  /** It is processed: for good. */
  finish(deliveryId: string): Soon<void>;
  /** Processing failed: let the next attempt in. */
  forget(deliveryId: string): Soon<void>;
}

/** For one process; knows the last `most` deliveries. */
export class MemoryDeliveryLog implements DeliveryLog {
  #done = new Map<string, boolean>();

  constructor(private readonly most = 100_000) {}

  begin(deliveryId: string): Claim {
    const known = this.#done.get(deliveryId);
    if (known !== undefined) return known ? "done" : "busy";
    for (const oldest of this.#done.keys()) {
      if (this.#done.size < this.most) break;
      this.#done.delete(oldest);
    }
    this.#done.set(deliveryId, false);
    return "first";
  }

  finish(deliveryId: string): void {
    this.#done.set(deliveryId, true);
  }

  forget(deliveryId: string): void {
    this.#done.delete(deliveryId);
  }
}

/**
 * Runs `work` unless this delivery was processed before; tells whether it ran. A throw lets Revento's next attempt in.
 * Throws `Busy` when the same delivery is being processed elsewhere at this moment.
 */
export async function once(log: DeliveryLog, delivery: Delivery, work: () => Soon<unknown>): Promise<boolean> {
  const claim = await log.begin(delivery.id);
  if (claim === "busy") throw new Busy(delivery.id);
  if (claim === "done") return false;
  try {
    await work();
  } catch (error) {
    await log.forget(delivery.id);
    throw error;
  }
  await log.finish(delivery.id);
  return true;
}
