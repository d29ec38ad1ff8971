// The shared vectors, as the TypeScript SDK sees them. REVENTO_VECTORS names their folder.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isWellFormed, NotGenuine, pkce, Receiver } from "revento-sdk";

interface Case {
  name: string;
  result: string;
  secrets: string[];
  now: number;
  headers: Record<string, string>;
  body_base64: string;
}

const vectors = (name: string) => JSON.parse(readFileSync(`${process.env["REVENTO_VECTORS"]}/${name}`, "utf8"));

async function outcome(check: () => Promise<void>): Promise<string> {
  try {
    await check();
    return "accepted";
  } catch (error) {
    if (error instanceof NotGenuine) return error.why;
    throw error;
  }
}

for (const one of vectors("webhook_signatures.json").cases as Case[])
  test(`signature: ${one.name}`, async () => {
    const receiver = new Receiver(one.secrets, { clock: () => one.now });
    const raw = Buffer.from(one.body_base64, "base64");
    assert.equal(await outcome(() => receiver.verify(one.headers, raw)), one.result);
  });

for (const one of vectors("standard_webhooks.json").cases as Case[])
  test(`Standard Webhooks: ${one.name}`, async () => {
    const receiver = new Receiver(one.secrets, { clock: () => one.now });
    const raw = Buffer.from(one.body_base64, "base64");
    assert.equal(await outcome(() => receiver.verifyStandard(one.headers, raw)), one.result);
  });

test("PKCE challenges", async () => {
  const file = vectors("pkce.json") as { pairs: { verifier: string; challenge: string }[]; not_verifiers: string[] };
  for (const { verifier, challenge } of file.pairs) {
    assert.equal(await pkce.challenge(verifier), challenge);
    assert.ok(pkce.isVerifier(verifier));
  }
  for (const text of file.not_verifiers) assert.ok(!pkce.isVerifier(text), JSON.stringify(text));
  assert.ok(pkce.isVerifier(pkce.newVerifier()));
});

for (const one of vectors("tokens.json").cases as { name: string; value: string; prefix: string; well_formed: boolean }[])
  test(`credential: ${one.name}`, () => assert.equal(isWellFormed(one.value, one.prefix), one.well_formed));
