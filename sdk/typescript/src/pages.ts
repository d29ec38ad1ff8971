// Lists that are read page by page while they are iterated.
import type { Query } from "./conversation.js";

/** One page of a list. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
  has_more: boolean;
}

/** A list, read page by page while it is iterated (`for await`). `pages()` gives whole pages, `all()` one array. */
export class Pages<T> implements AsyncIterable<T> {
  constructor(
    private readonly ask: (query: Query) => Promise<Page<T>>,
    private readonly query: Query = {},
  ) {}

  /** Every page, the first one first. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let page = await this.ask(this.query);
    yield page;
    while (page.has_more && page.next_cursor !== null) {
      page = await this.ask({ ...this.query, cursor: page.next_cursor });
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** Everything at once. */
  async all(): Promise<T[]> {
    const everything: T[] = [];
    for await (const one of this) everything.push(one);
    return everything;
  }
}
