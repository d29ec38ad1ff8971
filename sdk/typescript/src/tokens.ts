// Tokens and where they are kept. A store needs three verbs; the third, compare-and-swap, makes refreshing safe.

type Soon<T> = T | Promise<T>;

/** One connection's pair. Times are epoch seconds. A plain object: `JSON.stringify` it as you like, encrypted. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
  refreshExpiresAt: number;
  scope: string;
  eventId: string;
  organizationId: string | null;
  userId: string | null;
  /** Another one after each change, never used twice: what `swap` compares. */
  revision: string;
  /** Somebody is refreshing this pair, and has until then: nobody else may spend the refresh token. */
  refreshingUntil: number;
}

/** Where a `Revento` keeps tokens. Each call is durable when it resolves. */
export interface TokenStore {
  /** What is stored now. */
  get(key: string): Soon<Tokens | undefined>;
  /** Store after a fresh consent, whatever was there. */
  put(key: string, tokens: Tokens): Soon<void>;
  /** Replace, or remove (`undefined`), if what is stored still has `old.revision`; tell whether it had. Must be atomic. */
  swap(key: string, old: Tokens, now: Tokens | undefined): Soon<boolean>;
}

/** The token endpoint's answer. */
export interface TokenAnswer {
  access_token: string;
  refresh_token: string;
  token_type: "Bearer";
  expires_in: number;
  refresh_expires_in: number;
  scope: string;
  event_id: string;
  organization_id?: string | null;
  user_id?: string | null;
}

/** Where a connection's tokens are: one per event, for Login with Revento one per event and person. */
export const keyOf = (eventId: string, userId?: string | null): string => (userId ? `${eventId}/${userId}` : eventId);

/** The same with other fields, and a revision of its own. */
export const changed = (tokens: Tokens, fields: Partial<Tokens>): Tokens => ({
  ...tokens,
  ...fields,
  revision: crypto.randomUUID(),
});

/** The pair in the token endpoint's answer. */
export function fromAnswer(answer: TokenAnswer, now: number): Tokens {
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAt: now + answer.expires_in,
    refreshExpiresAt: now + answer.refresh_expires_in,
    scope: answer.scope,
    eventId: answer.event_id,
    organizationId: answer.organization_id ?? null,
    userId: answer.user_id ?? null,
    revision: crypto.randomUUID(),
    refreshingUntil: 0,
  };
}

/** For tests and one-off scripts: gone with the process. */
export class MemoryTokenStore implements TokenStore {
  #kept = new Map<string, Tokens>();

  get(key: string): Tokens | undefined {
    return this.#kept.get(key);
  }

  put(key: string, tokens: Tokens): void {
    this.#kept.set(key, tokens);
  }

  swap(key: string, old: Tokens, now: Tokens | undefined): boolean {
    if (this.#kept.get(key)?.revision !== old.revision) return false;
    if (now) this.#kept.set(key, now);
    else this.#kept.delete(key);
    return true;
  }
}
