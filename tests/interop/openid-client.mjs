import * as client from "openid-client";
import { CLIENT_ID, CLIENT_SECRET, EVENT_ID, METHOD, ORIGIN, REDIRECT_URI, SCOPE, isAlive, report, saysYes } from "./person.mjs";

const proof = METHOD === "basic" ? client.ClientSecretBasic(CLIENT_SECRET) : client.ClientSecretPost(CLIENT_SECRET);
const config = await client.discovery(new URL(ORIGIN), CLIENT_ID, undefined, proof, {
  algorithm: "oauth2",
  execute: [client.allowInsecureRequests],
});
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: REDIRECT_URI,
  scope: SCOPE,
  state,
  event_id: EVENT_ID,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
});
const first = await client.authorizationCodeGrant(config, await saysYes(url), {
  pkceCodeVerifier: verifier,
  expectedState: state,
});
const second = await client.refreshTokenGrant(config, first.refresh_token);
const alive = await isAlive(second.access_token);
const told = await client.tokenIntrospection(config, second.access_token);
await client.tokenRevocation(config, second.refresh_token);
report({ scope: first.scope, rotated: first.refresh_token !== second.refresh_token, alive, told: told.active, after: await isAlive(second.access_token) });
