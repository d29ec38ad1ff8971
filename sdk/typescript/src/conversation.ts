// The conversation with Revento: tokens that stay alive, requests that are asked again as far as that helps.
import { base64, equal, random, base64url, utf8 } from "./bytes.js";
import { ApiError, AuthorizationFailed, ConsentRequired, InvalidGrant, NotConnected, RateLimited, TokenExpired, Unreachable, fromResponse } from "./errors.js";
import type { FlowStore } from "./flows.js";
import * as pkce from "./pkce.js";
import { changed, fromAnswer, keyOf, type TokenAnswer, type Tokens, type TokenStore } from "./tokens.js";
import type { Scope } from "./types.js";

export const MEDIA_TYPE = "application/vnd.revento.v1+json";
/** A token this close to its end (seconds) is not used any more, so that it does not end on its way. */
export const REFRESH_EARLY_S = 30;
/** How long one worker has for a refresh before another one may try; a request takes at most a third of it. */
export const LEASE_S = 30;
const LEASE_SAFE_S = 15;
const BACKOFF_S = [0.2, 1, 4];
const USER_AGENT = "revento-sdk-typescript/0.1.0";

export type Query = Readonly<Record<string, string | number | Date | undefined>>;

/** The hour's budget of one connection, as the last answer told. */
export interface Budget {
  limit: number;
  remaining: number;
  /** Epoch seconds. */
  resetAt: number;
}

export interface Settings {
  clientId: string;
  clientSecret: string;
  baseUrl: string;
  tokens: TokenStore;
  flows: FlowStore;
  fetch: typeof globalThis.fetch;
  retries: number;
  longestWait: number;
  timeout: number;
  clock: () => number;
  sleep: (seconds: number) => Promise<void>;
}

/** One integration talking to one Revento. */
export class Conversation {
  readonly budgets = new Map<string, Budget>();
  readonly #refreshing = new Map<string, Promise<void>>();

  constructor(readonly settings: Settings) {}

  // Consent

  async authorize(scopes: readonly Scope[], redirectUri: string, eventId: string | undefined): Promise<{ url: string; state: string }> {
    const [state, verifier] = [base64url(random(32)), pkce.newVerifier()];
    await this.settings.flows.put(state, { verifier, redirectUri, scopes });
    const query = new URLSearchParams({
      response_type: "code",
      client_id: this.settings.clientId,
      redirect_uri: redirectUri,
      scope: scopes.join(" "),
      state,
      code_challenge: await pkce.challenge(verifier),
      code_challenge_method: "S256",
    });
    if (eventId !== undefined) query.set("event_id", eventId);
    return { url: `${this.settings.baseUrl}/oauth/authorize?${query}`, state };
  }

  async finish(query: URLSearchParams, sessionState: string | null | undefined): Promise<Tokens> {
    const state = query.get("state") ?? "";
    if (!sessionState || !equal(sessionState, state))
      throw new AuthorizationFailed("state_mismatch", "this browser has not started this authorization");
    const flow = await this.settings.flows.take(state);
    if (!flow) throw new AuthorizationFailed("state_mismatch", "this authorization is over, or too old");
    if ((query.get("iss") ?? this.settings.baseUrl) !== this.settings.baseUrl)
      throw new AuthorizationFailed("issuer_mismatch", "the answer comes from another server");
    const code = query.get("code");
    if (!code) throw new AuthorizationFailed(query.get("error") ?? "no_code", query.get("error_description") ?? "no code was given");
    // Not repeated when the answer is lost: a code that is shown twice revokes what it bought.
    const form = { grant_type: "authorization_code", code, redirect_uri: flow.redirectUri, code_verifier: flow.verifier };
    const response = await this.#form("/oauth/token", form);
    if (!response.ok) throw await fromResponse(response);
    const tokens = fromAnswer((await response.json()) as TokenAnswer, this.settings.clock());
    await this.settings.tokens.put(keyOf(tokens.eventId, tokens.userId), tokens);
    return tokens;
  }

  // Tokens

  /** The stored pair, refreshed when it is about to end or when its access token is the one just refused. */
  async live(key: string, refused?: string): Promise<Tokens> {
    for (;;) {
      const tokens = await this.settings.tokens.get(key);
      if (!tokens) throw new NotConnected(`no tokens for ${key}`);
      if (tokens.accessToken !== refused && this.settings.clock() < tokens.expiresAt - REFRESH_EARLY_S) return tokens;
      // One refresh per key in this process; all who need it wait for the same one.
      let running = this.#refreshing.get(key);
      if (!running) {
        running = this.#refresh(key, tokens).finally(() => this.#refreshing.delete(key));
        this.#refreshing.set(key, running);
      }
      await running;
    }
  }

  /** Refresh what was `seen`, unless another process has, or is just doing it. */
  async #refresh(key: string, seen: Tokens): Promise<void> {
    const { tokens: store, clock, sleep } = this.settings;
    const now = await store.get(key);
    if (!now || now.accessToken !== seen.accessToken) return;
    if (now.refreshingUntil > clock()) return sleep(0.1);
    const mine = changed(now, { refreshingUntil: clock() + LEASE_S });
    if (!(await store.swap(key, now, mine))) return;
    // This process slept meanwhile: another one may hold the lease by the time the request arrives.
    if (mine.refreshingUntil - clock() < LEASE_SAFE_S) return;
    let response: Response;
    try {
      response = await this.#form("/oauth/token", { grant_type: "refresh_token", refresh_token: mine.refreshToken });
      if (response.ok) {
        await store.swap(key, mine, fromAnswer((await response.json()) as TokenAnswer, clock()));
        return;
      }
    } catch (error) {
      await store.swap(key, mine, changed(mine, { refreshingUntil: 0 }));
      throw error;
    }
    const error = await fromResponse(response);
    if (error instanceof InvalidGrant) {
      if (await store.swap(key, mine, undefined))
        throw new ConsentRequired(`the connection of ${key} is over: ${error.message}`, { cause: error });
      return;
    }
    await store.swap(key, mine, changed(mine, { refreshingUntil: 0 }));
    throw error;
  }

  async revoke(key: string): Promise<void> {
    const tokens = await this.settings.tokens.get(key);
    if (!tokens) return;
    const response = await this.#form("/oauth/revoke", { token: tokens.refreshToken });
    if (!response.ok) throw await fromResponse(response);
    await this.settings.tokens.swap(key, tokens, undefined);
  }

  // Reading

  /** One GET of the API with a live token, asked again as far as that helps. */
  async get<T>(key: string, path: string, query: Query = {}): Promise<T> {
    let refused: string | undefined;
    return this.#insist(async () => {
      for (;;) {
        const { accessToken } = await this.live(key, refused);
        await this.#waitForBudget(key);
        const headers = { Authorization: `Bearer ${accessToken}`, Accept: MEDIA_TYPE };
        const response = await this.#send("GET", `/api/v1${path}`, { headers }, query);
        this.#noteBudget(key, response);
        if (response.ok) return (await response.json()) as T;
        const error = await fromResponse(response);
        if (!(error instanceof TokenExpired) || refused !== undefined) throw error;
        refused = accessToken;
      }
    });
  }

  /** One call of the integration's own endpoints, with client id and secret. */
  async integration<T>(method: "GET" | "POST", path: string, query: Query = {}, body?: unknown): Promise<T> {
    const basic = base64(utf8(`${this.settings.clientId}:${this.settings.clientSecret}`));
    const headers: Record<string, string> = { Accept: MEDIA_TYPE, Authorization: `Basic ${basic}` };
    const init: RequestInit = { headers };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    return this.#insist(async () => {
      const response = await this.#send(method, `/api/v1/integration${path}`, init, query);
      if (!response.ok) throw await fromResponse(response);
      const answer = await response.text();
      return (answer ? JSON.parse(answer) : undefined) as T;
    });
  }

  /** Waits as long as the server asks, else longer each time and never two clients in step; or gives up. */
  async #insist<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const passing =
          error instanceof Unreachable || (error instanceof ApiError && [429, 500, 502, 503, 504].includes(error.status));
        const asked = error instanceof ApiError ? error.retryAfter : undefined;
        if (!passing || tries >= this.settings.retries || (asked ?? 0) > this.settings.longestWait) throw error;
        const backoff = (BACKOFF_S[Math.min(tries, BACKOFF_S.length - 1)] ?? 4) * (0.5 + Math.random());
        await this.settings.sleep(asked ?? backoff);
      }
    }
  }

  #noteBudget(key: string, response: Response): void {
    const told = ["Limit", "Remaining", "Reset"].map((name) => response.headers.get(`X-RateLimit-${name}`) ?? "");
    if (!told.every((value) => /^\d+$/.test(value))) return;
    const [limit = 0, remaining = 0, resetAt = 0] = told.map(Number);
    this.budgets.set(key, { limit, remaining, resetAt });
  }

  /** An hour that is used up is not asked again before it is over. */
  async #waitForBudget(key: string): Promise<void> {
    const budget = this.budgets.get(key);
    const wait = budget?.remaining === 0 ? budget.resetAt - this.settings.clock() : 0;
    if (wait > this.settings.longestWait) {
      const message = "the hour's budget is used up (known from the last answer, not asked again)";
      throw new RateLimited({ code: "rate_limit_exceeded", status: 429, message, requestId: "", extra: { window: "hour" }, retryAfter: wait });
    }
    if (wait > 0) await this.settings.sleep(wait);
  }

  // Requests

  #form(path: string, form: Record<string, string>): Promise<Response> {
    const { clientId, clientSecret } = this.settings;
    const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret });
    return this.#send("POST", path, { body, headers: {} });
  }

  async #send(method: string, path: string, init: RequestInit, query: Query = {}): Promise<Response> {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, written(value));
    const url = this.settings.baseUrl + path + (asked.size > 0 ? `?${asked}` : "");
    const headers = new Headers(init.headers);
    headers.set("X-Revento-Request-Id", crypto.randomUUID());
    headers.set("User-Agent", USER_AGENT);
    const wait = query["wait"] === undefined ? 0 : Number(query["wait"]);
    const signal = AbortSignal.timeout((this.settings.timeout + wait) * 1000);
    try {
      return await this.settings.fetch(url, { ...init, method, headers, signal, redirect: "manual" });
    } catch (error) {
      throw new Unreachable(`${method} ${path}: ${String(error)}`, { cause: error });
    }
  }
}

const written = (value: string | number | Date): string =>
  value instanceof Date ? value.toISOString().replace(/\.\d+Z$/, "Z") : String(value);
