import { createHash, randomBytes } from "node:crypto";
import { AuthorizationCode } from "simple-oauth2";
import { CLIENT_ID, CLIENT_SECRET, EVENT_ID, METHOD, ORIGIN, REDIRECT_URI, SCOPE, isAlive, report, saysYes } from "./person.mjs";

const client = new AuthorizationCode({
  client: { id: CLIENT_ID, secret: CLIENT_SECRET },
  auth: { tokenHost: ORIGIN, tokenPath: "/oauth/token", authorizePath: "/oauth/authorize", revokePath: "/oauth/revoke" },
  options: { authorizationMethod: METHOD === "basic" ? "header" : "body", bodyFormat: "form" },
});
const verifier = randomBytes(32).toString("base64url");
const url = client.authorizeURL({
  redirect_uri: REDIRECT_URI,
  scope: SCOPE,
  state: "s-1",
  event_id: EVENT_ID,
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
});
const sent = await saysYes(url);
const first = await client.getToken({
  code: sent.searchParams.get("code"),
  redirect_uri: REDIRECT_URI,
  code_verifier: verifier,
});
const second = await first.refresh();
const alive = await isAlive(second.token.access_token);
await second.revokeAll();
report({
  scope: first.token.scope,
  rotated: first.token.refresh_token !== second.token.refresh_token,
  alive,
  told: alive,
  after: await isAlive(second.token.access_token),
});
