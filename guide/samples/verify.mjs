// [verify]
import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether Revento signed these very bytes within the last five minutes. */
export function isGenuine(headers, raw, secret) {
  const stamp = headers["x-revento-timestamp"] ?? "", given = headers["x-revento-signature"] ?? "";
  if (!given || !headers["x-revento-delivery-id"]) return false;
  if (!/^\d{1,11}$/.test(stamp) || Math.abs(Date.now() / 1000 - Number(stamp)) > 300) return false;
  const right = Buffer.from(`sha256=${createHmac("sha256", secret).update(`${stamp}.`).update(raw).digest("hex")}`);
  const offered = [given, headers["x-revento-signature-previous"] ?? ""]; // two while a secret is rotated
  return offered.map((one) => Buffer.from(one)).filter((one) => one.length === right.length && timingSafeEqual(one, right)).length > 0;
}
// [/verify]
