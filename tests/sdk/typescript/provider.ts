// A provider on loopback that does what the contract says about tokens, and whatever else a test tells it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const EVENT = "evt_01k5w4k8q0e2v9h6c3m7t1xyza";

export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  form: Record<string, string>;
  body: string;
}

export interface Said {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** The connection is closed instead of an answer. */
  lost?: boolean;
}

export const refusal = (error: string, status: number, headers: Record<string, string> = {}, extra: object = {}): Said => ({
  status,
  headers,
  body: { error, message: "No.", request_id: "0b0d6f0e-0000-4000-8000-000000000000", ...extra },
});

/** Refreshes like the contract (§2.3): one rotation per token, repeated while its result is unused. */
export class Provider {
  url = "";
  asked: Asked[] = [];
  script: Record<string, Said[]> = {};
  documents: Record<string, unknown> = {};
  generation = 0;
  rotations = 0;
  lostRefreshes = 0;
  over = false;
  #used = new Set<number>();
  #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<this> {
    await new Promise<void>((go) => this.#server.listen(0, "127.0.0.1", go));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((go) => this.#server.close(go));
  }

  pair(changes: object = {}) {
    return {
      access_token: `rev_install_${this.generation}`,
      refresh_token: `rev_refresh_${this.generation}`,
      token_type: "Bearer" as const,
      expires_in: 3600,
      refresh_expires_in: 7776000,
      scope: "event.read participants.read program.read",
      event_id: EVENT,
      organization_id: "org_1",
      ...changes,
    };
  }

  of(path: string): Asked[] {
    return this.asked.filter((one) => one.path === path);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const url = new URL(request.url ?? "/", this.url);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const form = headers["content-type"]?.includes("urlencoded") ? Object.fromEntries(new URLSearchParams(body)) : {};
    const asked = { method: request.method ?? "", path: url.pathname, query: Object.fromEntries(url.searchParams), headers, form, body };
    this.asked.push(asked);
    const said = this.#says(asked);
    if (said.lost) return void request.socket.destroy();
    response.writeHead(said.status ?? 200, { "Content-Type": "application/json", ...said.headers });
    response.end(said.body === undefined ? "" : JSON.stringify(said.body));
  }

  #says(asked: Asked): Said {
    const planned = this.script[asked.path]?.shift();
    if (planned) return planned;
    if (asked.path === "/oauth/token") return this.#token(asked.form);
    if (/^\/api\/v1\/(events|me)/.test(asked.path)) return this.#read(asked);
    if (asked.path in this.documents) return { body: this.documents[asked.path] };
    return asked.method === "POST" ? { body: {} } : refusal("not_found", 404);
  }

  #token(form: Record<string, string>): Said {
    if (form["grant_type"] === "authorization_code") {
      this.generation++;
      return { body: this.pair() };
    }
    const number = Number(form["refresh_token"]?.split("_").pop());
    const repeated = number === this.generation - 1 && !this.#used.has(this.generation);
    if (this.over || !(number === this.generation || repeated)) return refusal("invalid_grant", 400);
    if (!repeated) {
      this.generation++;
      this.rotations++;
    }
    if (this.lostRefreshes > 0) {
      this.lostRefreshes--;
      return { lost: true };
    }
    return { body: this.pair() };
  }

  #read(asked: Asked): Said {
    if (asked.headers["authorization"] !== `Bearer rev_install_${this.generation}`) return refusal("token_expired", 401);
    this.#used.add(this.generation);
    const document = this.documents[asked.path];
    if (document === undefined) return refusal("not_found", 404);
    if (!Array.isArray(document)) return { body: document };
    const [start, size] = [Number(asked.query["cursor"] ?? 0), Number(asked.query["limit"] ?? 25)];
    const has_more = start + size < document.length;
    return { body: { data: document.slice(start, start + size), has_more, next_cursor: has_more ? String(start + size) : null } };
  }
}
