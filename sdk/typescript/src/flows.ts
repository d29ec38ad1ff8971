// What must be remembered while the browser is away at Revento: one `Flow` per `state`.
import type { Scope } from "./types.js";

type Soon<T> = T | Promise<T>;

/** How long a person may take to consent, in seconds. */
export const LIFE_S = 900;

/** One authorization under way. */
export interface Flow {
  verifier: string;
  redirectUri: string;
  scopes: readonly Scope[];
}

/** Keeps flows by state. With several processes, keep them where all of them look. */
export interface FlowStore {
  /** Remember for about 15 minutes. */
  put(state: string, flow: Flow): Soon<void>;
  /** Give out once: the second asking gets nothing. */
  take(state: string): Soon<Flow | undefined>;
}

/** For one process. Holds at most `most` flows; the oldest go first. */
export class MemoryFlowStore implements FlowStore {
  #flows = new Map<string, { endsAt: number; flow: Flow }>();

  constructor(
    private readonly most = 10_000,
    private readonly clock = () => Date.now() / 1000,
  ) {}

  put(state: string, flow: Flow): void {
    for (const oldest of this.#flows.keys()) {
      if (this.#flows.size < this.most) break;
      this.#flows.delete(oldest);
    }
    this.#flows.set(state, { endsAt: this.clock() + LIFE_S, flow });
  }

  take(state: string): Flow | undefined {
    const kept = this.#flows.get(state);
    this.#flows.delete(state);
    return kept && this.clock() < kept.endsAt ? kept.flow : undefined;
  }
}
