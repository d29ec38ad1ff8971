// A copy of one event that stays right: a full load, then webhooks, and the pull feed for what got lost on the way.
//
// The pattern that most integrations are. Snapshots make it simple: every message carries the whole thing, so an older
// one is told by `updated_at` and dropped, and applying one twice does no harm.
import { fromBase64 } from "./bytes.js";
import type { Revento } from "./client.js";
import { Forbidden, NotFound } from "./errors.js";
import type { EventApi } from "./reading.js";
import type { DeletionRequired, Message } from "./types.js";
import type { Delivery } from "./webhooks.js";

type Soon<T> = T | Promise<T>;
export type Kind = "event" | "participant" | "activity" | "thread" | "location" | "wave";
export type Document = { id: string; updated_at: string } & Record<string, unknown>;
/** All sequence numbers up to `position` were seen, and those `ahead` of a gap. */
export type Position = { position: number; ahead: number[] };

/** Your own tables, behind seven verbs. */
export interface MirrorStore {
  get(kind: Kind, id: string): Soon<Document | undefined>;
  put(kind: Kind, id: string, document: Document): Soon<void>;
  remove(kind: Kind, id: string): Soon<void>;
  ids(kind: Kind): Soon<string[]>;
  /** Which deliveries came so far; `undefined` before the first. */
  position(): Soon<Position | undefined>;
  setPosition(position: Position): Soon<void>;
  /** Forget everything, the position too. */
  clear(): Soon<void>;
}

/** For tests and small tools. */
export class MemoryMirrorStore implements MirrorStore {
  #documents = new Map<string, Document>();
  #position: Position | undefined;

  get = (kind: Kind, id: string): Document | undefined => this.#documents.get(`${kind}/${id}`);
  put = (kind: Kind, id: string, document: Document): void => void this.#documents.set(`${kind}/${id}`, document);
  remove = (kind: Kind, id: string): void => void this.#documents.delete(`${kind}/${id}`);
  ids = (kind: Kind): string[] =>
    [...this.#documents.keys()].filter((key) => key.startsWith(`${kind}/`)).map((key) => key.slice(kind.length + 1)).sort();
  position = (): Position | undefined => this.#position;
  setPosition = (position: Position): void => void (this.#position = position);
  clear(): void {
    this.#documents.clear();
    this.#position = undefined;
  }
}

const SNAPSHOTS: Partial<Record<Message["type"], Kind>> = {
  "event.updated": "event",
  "participant.registered": "participant",
  "participant.profile_updated": "participant",
  "activity.updated": "activity",
  "activity.capacity_state_changed": "activity",
};
const LISTS: Record<Exclude<Kind, "event">, (event: EventApi) => AsyncIterable<unknown>> = {
  participant: (event) => event.participants(),
  activity: (event) => event.activities(),
  thread: (event) => event.threads(),
  location: (event) => event.locations(),
  wave: (event) => event.registrationWaves(),
};

/** One event's copy. `load` once, `apply` every delivery, `repair` every few minutes. */
export class Mirror {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly revento: Revento,
    readonly eventId: string,
    private readonly store: MirrorStore,
  ) {}

  /**
   * Read everything, keep what is newer than the copy, and drop what is no longer there.
   * What the token has no scope for is left out.
   */
  async load(): Promise<void> {
    const event = this.revento.event(this.eventId);
    const before = new Map<Kind, string[]>();
    for (const kind of kinds()) before.set(kind, await this.store.ids(kind));
    await ifGranted(async () => this.#keep("event", document(await event.get())));
    for (const kind of kinds()) await ifGranted(() => this.#load(kind, LISTS[kind](event), before.get(kind) ?? []));
  }

  async #load(kind: Kind, documents: AsyncIterable<unknown>, before: string[]): Promise<void> {
    const seen = new Set<string>();
    for await (const one of documents) {
      await this.#keep(kind, document(one));
      seen.add(document(one).id);
    }
    // What came by webhook while we read is in `ids` now, but not in `before`: it stays.
    for (const id of before) if (!seen.has(id)) await this.store.remove(kind, id);
  }

  /** Take one delivery in, in whatever order they come. Those of other events are left alone. */
  apply(delivery: Delivery): Promise<void> {
    if (delivery.message.event_id !== this.eventId) return Promise.resolve();
    return this.#alone(async () => {
      await this.#take(delivery.message);
      await this.#passed(delivery.sequence);
    });
  }

  /** Sequence numbers that were skipped so far: lost, or still on their way. */
  async missing(): Promise<number[]> {
    const { position, ahead } = (await this.store.position()) ?? { position: 0, ahead: [] };
    const newest = Math.max(position, ...ahead);
    const between = Array.from({ length: Math.max(newest - position, 0) }, (_, at) => position + 1 + at);
    return between.filter((number) => !ahead.includes(number));
  }

  /**
   * Fetch what has not arrived from the pull feed, and apply it; tells how many deliveries that were.
   *
   * First what no webhook has brought: after a time of being down that is everything, the newest too. Then what was
   * brought, but is missing here. What even the feed does not have any more (30 days) is made good by a full load.
   */
  async repair(): Promise<number> {
    let found = await this.#pull("open");
    if ((await this.missing()).length > 0) found += await this.#pull("all");
    if ((await this.missing()).length > 0) {
      await this.load();
      await this.#alone(async () => {
        const { position, ahead } = (await this.store.position()) ?? { position: 0, ahead: [] };
        await this.store.setPosition({ position: Math.max(position, ...ahead), ahead: [] });
      });
    }
    return found;
  }

  async #pull(only: "all" | "open"): Promise<number> {
    let found = 0;
    let cursor: string | undefined;
    do {
      const page = await this.revento.deliveries(cursor === undefined ? { only } : { cursor, only });
      for (const item of page.data) if (await this.#takePulled(item.headers, fromBase64(item.body))) found++;
      cursor = page.has_more ? (page.next_cursor ?? undefined) : undefined;
    } while (cursor !== undefined && (only === "open" || (await this.missing()).length > 0));
    return found;
  }

  async #takePulled(headers: Record<string, string>, raw: Uint8Array): Promise<boolean> {
    const plain = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const message = JSON.parse(new TextDecoder().decode(raw)) as Message;
    const sequence = Number(plain.get("x-revento-sequence") ?? "0");
    const { position, ahead } = (await this.store.position()) ?? { position: 0, ahead: [] };
    if (message.event_id !== this.eventId || sequence <= position || ahead.includes(sequence)) return false;
    await this.apply({ id: plain.get("x-revento-delivery-id") ?? "", message, raw, attempt: 1, sequence, replay: false });
    return true;
  }

  async #take(message: Message): Promise<void> {
    const kind = SNAPSHOTS[message.type];
    if (kind) {
      const { changed_fields: _changed, previous: _previous, ...snapshot } = message.data as unknown as Document;
      await this.#keep(kind, snapshot as Document);
    } else if (message.type.startsWith("application.")) {
      await this.#refreshParticipant((message.data as { participant_id: string }).participant_id);
    } else if (message.type === "data.deletion_required") {
      await this.#erase(message.data);
      await this.revento.confirmDeletion(message.data.deletion_id).catch((error: unknown) => {
        if (!(error instanceof NotFound)) throw error; // the duty itself is gone: nobody waits for a word any more
      });
    }
  }

  async #erase({ subject, participant_id, user_id }: DeletionRequired): Promise<void> {
    if (subject === "event") return void (await this.store.clear());
    for (const id of await this.store.ids("participant")) {
      const theirs = user_id !== null && (await this.store.get("participant", id))?.["user_id"] === user_id;
      if (theirs || id === participant_id) await this.store.remove("participant", id);
    }
  }

  /** An application's message has not all of a participant's fields: read the one that it is about. */
  async #refreshParticipant(id: string): Promise<void> {
    try {
      await this.#keep("participant", document(await this.revento.event(this.eventId).participant(id)));
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      await this.store.remove("participant", id);
    }
  }

  async #keep(kind: Kind, one: Document): Promise<void> {
    const known = await this.store.get(kind, one.id);
    if (!known || known.updated_at <= one.updated_at) await this.store.put(kind, one.id, one);
  }

  async #passed(sequence: number | null): Promise<void> {
    if (sequence === null) return;
    const known = (await this.store.position()) ?? { position: sequence - 1, ahead: [] };
    const ahead = new Set([...known.ahead, sequence]);
    let { position } = known;
    while (ahead.has(position + 1)) position++;
    await this.store.setPosition({ position, ahead: [...ahead].filter((one) => one > position).sort((a, b) => a - b) });
  }

  /** One at a time, in the order in which they asked. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

/** Goes on where a scope was not granted. */
async function ifGranted(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Forbidden) || error.code !== "insufficient_scope") throw error;
  }
}

const kinds = (): Exclude<Kind, "event">[] => Object.keys(LISTS) as Exclude<Kind, "event">[];
const document = (value: unknown): Document => value as Document;
