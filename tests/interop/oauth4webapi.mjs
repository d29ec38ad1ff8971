import * as oauth from "oauth4webapi";
import { CLIENT_ID, CLIENT_SECRET, EVENT_ID, METHOD, ORIGIN, REDIRECT_URI, SCOPE, isAlive, report, saysYes } from "./person.mjs";

const plain = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(ORIGIN);
const server = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...plain }),
);
const client = { client_id: CLIENT_ID };
const proof = METHOD === "basic" ? oauth.ClientSecretBasic(CLIENT_SECRET) : oauth.ClientSecretPost(CLIENT_SECRET);

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const url = new URL(server.authorization_endpoint);
url.search = new URLSearchParams({
  client_id: CLIENT_ID,
  redirect_uri: REDIRECT_URI,
  response_type: "code",
  scope: SCOPE,
  state,
  event_id: EVENT_ID,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
});
const answer = oauth.validateAuthResponse(server, client, await saysYes(url), state);
const first = await oauth.processAuthorizationCodeResponse(
  server,
  client,
  await oauth.authorizationCodeGrantRequest(server, client, proof, answer, REDIRECT_URI, verifier, plain),
);
const second = await oauth.processRefreshTokenResponse(
  server,
  client,
  await oauth.refreshTokenGrantRequest(server, client, proof, first.refresh_token, plain),
);
const alive = await isAlive(second.access_token);
const told = await oauth.processIntrospectionResponse(
  server,
  client,
  await oauth.introspectionRequest(server, client, proof, second.access_token, plain),
);
await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, proof, second.refresh_token, plain),
);
report({ scope: first.scope, rotated: first.refresh_token !== second.refresh_token, alive, told: told.active, after: await isAlive(second.access_token) });
