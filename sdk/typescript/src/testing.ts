// For your tests: deliveries that are signed like real ones.
import { utf8 } from "./bytes.js";
import type { Message, MessageType } from "./types.js";
import { signatureOf, standardSignatureOf } from "./webhooks.js";

/** A webhook secret for tests. It opens nothing. */
export const SECRET = "whsec_dGhpcyBzZWNyZXQgaXMgZm9yIHRlc3RzIG9ubHkgISEhISE=";

type DataOf<T extends MessageType> = Extract<Message, { type: T }>["data"];

export interface Signed {
  headers: Record<string, string>;
  raw: Uint8Array<ArrayBuffer>;
}

export interface Changes {
  secret?: string;
  eventId?: string | null;
  organizationId?: string | null;
  deliveryId?: string;
  sequence?: number | null;
  attempt?: number;
  timestamp?: number;
}

/** Headers and body of one delivery, as Revento would post it now. `data` may leave out what your code does not read. */
export async function signedDelivery<T extends MessageType>(type: T, data: Partial<DataOf<T>>, changes: Changes = {}): Promise<Signed> {
  const { secret = SECRET, eventId = "evt_00000000000000000000000001", organizationId = "org_00000000000000000000000001" } = changes;
  const now = Math.floor(Date.now() / 1000);
  const message = {
    id: `evt_delivery_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`,
    type,
    occurred_at: new Date(now * 1000).toISOString().replace(".000Z", "Z"),
    event_id: eventId,
    organization_id: organizationId,
    data,
  };
  const raw = utf8(JSON.stringify(message));
  const [stamp, id] = [String(changes.timestamp ?? now), changes.deliveryId ?? crypto.randomUUID()];
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    "User-Agent": "Revento-Webhooks/1",
    "X-Revento-Event": type,
    "X-Revento-Delivery-Id": id,
    "X-Revento-Timestamp": stamp,
    "X-Revento-Signature": await signatureOf(secret, stamp, raw),
    "X-Revento-Attempt": String(changes.attempt ?? 1),
    "webhook-id": id,
    "webhook-timestamp": stamp,
    "webhook-signature": await standardSignatureOf(secret, id, stamp, raw),
  };
  const sequence = changes.sequence === undefined ? 1 : changes.sequence;
  if (sequence !== null) headers["X-Revento-Sequence"] = String(sequence);
  return { headers, raw };
}
