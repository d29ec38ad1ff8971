// `Revento`: one integration at one Revento.
import { Conversation, type Settings } from "./conversation.js";
import { MemoryFlowStore, type FlowStore } from "./flows.js";
import { Pages, type Page } from "./pages.js";
import { EventApi, PersonApi } from "./reading.js";
import { keyOf, MemoryTokenStore, type Tokens, type TokenStore } from "./tokens.js";
import type { DeletionRequired, Scope } from "./types.js";

export const ORGANIZER_SCOPES: readonly Scope[] = ["event.read", "participants.read", "program.read"];
export const LOGIN_SCOPES: readonly Scope[] = ["profile.read", "event.attendance"];
const LONG_POLL_S = 20;

export interface Options {
  /** What is not given comes from REVENTO_CLIENT_ID, REVENTO_CLIENT_SECRET and REVENTO_BASE_URL. */
  clientId?: string;
  clientSecret?: string;
  baseUrl?: string;
  /** Where tokens are kept; in memory unless you say otherwise. */
  tokens?: TokenStore;
  flows?: FlowStore;
  fetch?: typeof globalThis.fetch;
  /** How often a request is repeated. */
  retries?: number;
  /** The most seconds to wait for one; beyond it the error is thrown. */
  longestWait?: number;
  /** Seconds for one request. */
  timeout?: number;
  clock?: () => number;
  sleep?: (seconds: number) => Promise<void>;
}

/** One delivery out of the pull feed: what would have been posted, headers and exact body (base64). */
export interface PulledDelivery {
  id: string;
  headers: Record<string, string>;
  body: string;
}

/** One connected event, as the integration's own list tells. */
/** A duty to erase, as the integration's own endpoint lists it: what its message said, and the receipt. */
export interface DeletionDuty extends DeletionRequired {
  event_id: string;
  organization_id: string;
  installation_id: string;
  opened_at: string;
  confirmed_at: string | null;
}

export interface Installation {
  id: string;
  event_id: string;
  [field: string]: unknown;
}

function setting(given: string | undefined, variable: string, fallback?: string): string {
  const value = given ?? environment(variable) ?? fallback;
  if (!value) throw new TypeError(`give it, or set ${variable}`);
  return value;
}

function environment(variable: string): string | undefined {
  const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
  return process?.env[variable] || undefined;
}

/** One integration at one Revento. Share it between all requests of a process. */
export class Revento {
  readonly #talk: Conversation;

  constructor(options: Options = {}) {
    const settings: Settings = {
      clientId: setting(options.clientId, "REVENTO_CLIENT_ID"),
      clientSecret: setting(options.clientSecret, "REVENTO_CLIENT_SECRET"),
      baseUrl: setting(options.baseUrl, "REVENTO_BASE_URL", "http://localhost:8000").replace(/\/+$/, ""),
      tokens: options.tokens ?? new MemoryTokenStore(),
      flows: options.flows ?? new MemoryFlowStore(),
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
      retries: options.retries ?? 3,
      longestWait: options.longestWait ?? 60,
      timeout: options.timeout ?? 10,
      clock: options.clock ?? (() => Date.now() / 1000),
      sleep: options.sleep ?? ((seconds) => new Promise((go) => setTimeout(go, seconds * 1000))),
    };
    this.#talk = new Conversation(settings);
  }

  /** Where to send the browser, and the state to keep in its session. For a login, pass `LOGIN_SCOPES`. */
  authorize(asked: { redirectUri: string; scopes?: readonly Scope[]; eventId?: string }): Promise<{ url: string; state: string }> {
    return this.#talk.authorize(asked.scopes ?? ORGANIZER_SCOPES, asked.redirectUri, asked.eventId);
  }

  /**
   * The browser is back: check it, trade the code, store the tokens. `cameBack` is the URL or its query.
   *
   * Throws `AuthorizationFailed` when the person said no, or when this browser has not started it.
   */
  finish(cameBack: string | URL | URLSearchParams, { sessionState }: { sessionState: string | null | undefined }): Promise<Tokens> {
    const query = cameBack instanceof URLSearchParams ? cameBack : new URL(cameBack, "http://localhost").searchParams;
    return this.#talk.finish(query, sessionState);
  }

  /** What can be read of a connected event. */
  event(eventId: string): EventApi {
    return new EventApi(this.#talk, eventId);
  }

  /** What can be read of a person who signed in. */
  person(eventId: string, userId: string): PersonApi {
    return new PersonApi(this.#talk, eventId, userId);
  }

  /** A live access token, for requests of your own. */
  async accessToken(eventId: string, userId?: string): Promise<string> {
    return (await this.#talk.live(keyOf(eventId, userId))).accessToken;
  }

  /** End the connection from our side and forget its tokens. */
  revoke(eventId: string, userId?: string): Promise<void> {
    return this.#talk.revoke(keyOf(eventId, userId));
  }

  /**
   * The pull feed: deliveries that were not acknowledged, the oldest first; waits up to `wait` (20) seconds.
   * `only: "open"` leaves out what your webhook took.
   */
  deliveries(asked: { cursor?: string; wait?: number; limit?: number; only?: "all" | "open" } = {}): Promise<Page<PulledDelivery>> {
    const { cursor, wait = 0, limit = 100, only = "all" } = asked;
    return this.#talk.integration("GET", "/deliveries", { cursor, wait: Math.min(wait, LONG_POLL_S), limit, only });
  }

  /** Say that pulled deliveries are processed. */
  acknowledge(ids: readonly string[]): Promise<void> {
    return this.#talk.integration("POST", "/deliveries/ack", {}, { ids });
  }

  /** Every event that is connected. */
  installations(): Pages<Installation> {
    return new Pages((query) => this.#talk.integration("GET", "/installations", query));
  }

  /** Every duty to erase, the oldest first; those whose `confirmed_at` is null are still open. */
  deletions(): Pages<DeletionDuty> {
    return new Pages((query) => this.#talk.integration("GET", "/deletions", query));
  }

  /** Say that everything a `data.deletion_required` named is erased. */
  confirmDeletion(deletionId: string): Promise<void> {
    return this.#talk.integration("POST", `/deletions/${encodeURIComponent(deletionId)}/confirm`);
  }
}
