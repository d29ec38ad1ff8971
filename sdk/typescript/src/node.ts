// Stores in a folder, for any number of Node (Bun, Deno) processes of one machine.
import type { Tokens, TokenStore } from "./tokens.js";
import type { Claim, DeliveryLog } from "./webhooks.js";

/** What is used of `node:fs/promises`; not imported at the top, so that browsers may bundle the rest. */
interface Files {
  mkdir(path: string, options: { recursive: true; mode: number }): Promise<unknown>;
  readFile(path: string, encoding: "utf8"): Promise<string>;
  writeFile(path: string, body: string, options: { mode: number; flag?: string; flush?: boolean }): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  stat(path: string): Promise<{ mtimeMs: number }>;
}

const MODULE = "node:fs/promises";
const files = (): Promise<Files> => import(MODULE) as Promise<Files>;
const LOCK_STALE_MS = 10_000;
const CLAIM_MS = 60_000;
const PRIVATE = { mode: 0o600 };

type Text = (text: string) => string;
const plain: Text = (text) => text;

/** One file per connection, written whole and renamed. `seal` and `open` encrypt what lies in it. */
export class FolderTokenStore implements TokenStore {
  readonly #folder: string;
  readonly #seal: Text;
  readonly #open: Text;

  constructor(folder: string, { seal = plain, open = plain }: { seal?: Text; open?: Text } = {}) {
    [this.#folder, this.#seal, this.#open] = [folder, seal, open];
  }

  async get(key: string): Promise<Tokens | undefined> {
    const text = await read(this.#path(key));
    return text === undefined ? undefined : (JSON.parse(this.#open(text)) as Tokens);
  }

  put(key: string, tokens: Tokens): Promise<void> {
    return this.#locked(key, () => this.#write(key, tokens));
  }

  swap(key: string, old: Tokens, now: Tokens | undefined): Promise<boolean> {
    return this.#locked(key, async () => {
      if ((await this.get(key))?.revision !== old.revision) return false;
      if (now) await this.#write(key, now);
      else await (await files()).unlink(this.#path(key));
      return true;
    });
  }

  async #write(key: string, tokens: Tokens): Promise<void> {
    const [fs, path] = [await files(), this.#path(key)];
    await fs.writeFile(`${path}.new`, this.#seal(JSON.stringify(tokens)), { ...PRIVATE, flush: true });
    await fs.rename(`${path}.new`, path);
  }

  async #locked<T>(key: string, work: () => Promise<T>): Promise<T> {
    const fs = await files();
    await fs.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const lock = `${this.#path(key)}.lock`;
    while (!(await create(lock))) {
      const since = await fs.stat(lock).then(({ mtimeMs }) => mtimeMs, () => Date.now());
      if (Date.now() - since > LOCK_STALE_MS) await fs.unlink(lock).catch(() => undefined);
      await new Promise((go) => setTimeout(go, 5 + Math.random() * 10));
    }
    try {
      return await work();
    } finally {
      await fs.unlink(lock).catch(() => undefined);
    }
  }

  #path(key: string): string {
    return `${this.#folder}/${encodeURIComponent(key)}.json`;
  }
}

/** One small file per delivery. Remove files older than 31 days with a cron job; Revento repeats nothing that old. */
export class FolderDeliveryLog implements DeliveryLog {
  constructor(private readonly folder: string) {}

  async begin(deliveryId: string): Promise<Claim> {
    const [fs, path] = [await files(), this.#path(deliveryId)];
    await fs.mkdir(this.folder, { recursive: true, mode: 0o700 });
    if ((await read(`${path}.done`)) !== undefined) return "done";
    if (await create(path)) return this.#unlessDone(path);
    const since = await fs.stat(path).then(({ mtimeMs }) => mtimeMs, () => Date.now());
    if (Date.now() - since < CLAIM_MS) return "busy";
    await fs.unlink(path).catch(() => undefined); // of a process that died
    return (await create(path)) ? "first" : "busy";
  }

  /** It may have been finished between our look and our claim. */
  async #unlessDone(path: string): Promise<Claim> {
    if ((await read(`${path}.done`)) === undefined) return "first";
    await (await files()).unlink(path).catch(() => undefined);
    return "done";
  }

  async finish(deliveryId: string): Promise<void> {
    const fs = await files();
    await fs.rename(this.#path(deliveryId), `${this.#path(deliveryId)}.done`);
  }

  async forget(deliveryId: string): Promise<void> {
    await (await files()).unlink(this.#path(deliveryId)).catch(() => undefined);
  }

  #path(deliveryId: string): string {
    return `${this.folder}/${encodeURIComponent(deliveryId)}`;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await (await files()).readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}

async function create(path: string): Promise<boolean> {
  try {
    await (await files()).writeFile(path, "", { ...PRIVATE, flag: "wx" });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw error;
  }
}
