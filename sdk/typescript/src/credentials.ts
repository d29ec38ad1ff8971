// Recognising Revento's credentials without asking anybody, for secret scanners and log filters.
import { equal, utf8 } from "./bytes.js";

export const PREFIXES = ["rev_install_", "rev_user_", "rev_refresh_", "rev_code_", "rev_secret_"] as const;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM = 43;
const CHECK = 6;

/** Whether `value` has the prefix, the length and the checksum of a credential. */
export function isWellFormed(value: string, prefix: string): boolean {
  if (!/^[\x00-\x7f]*$/.test(value) || !value.startsWith(prefix) || value.length !== prefix.length + RANDOM + CHECK)
    return false;
  let number = crc32(utf8(value.slice(0, -CHECK)));
  let digits = "";
  for (let count = 0; count < CHECK; count++) {
    digits = (BASE62[number % 62] ?? "") + digits;
    number = Math.floor(number / 62);
  }
  return equal(digits, value.slice(-CHECK));
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const one of bytes) {
    sum ^= one;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
