// PKCE (RFC 7636): the proof that whoever trades a code is whoever asked for it.
import { base64url, random, utf8 } from "./bytes.js";

/** 64 random characters, to be kept until the browser comes back. */
export const newVerifier = (): string => base64url(random(48));

/** Whether RFC 7636 §4.1 allows `value` as a verifier. */
export const isVerifier = (value: string): boolean => /^[A-Za-z0-9\-._~]{43,128}$/.test(value) && !value.endsWith("\n");

/** The S256 challenge of a verifier: 43 characters without padding. */
export async function challenge(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(verifier))));
}
