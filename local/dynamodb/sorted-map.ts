/** Chunks split above this, so that an insertion moves few entries however large the map is. */
const CHUNK = 256;

interface Entry<Key, Value> {
  readonly key: Key;
  readonly value: Value;
}

/** First index for which `holds` is true, given that it stays true from there on. */
const firstIndex = <Member>(members: readonly Member[], holds: (member: Member) => boolean): number => {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const member = members[middle];
    if (member !== undefined && holds(member)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** A map in the order of its keys: finding, inserting and deleting take logarithmic time, walking starts anywhere. */
export class SortedMap<Key, Value> {
  readonly #compare: (left: Key, right: Key) => number;
  readonly #chunks: Entry<Key, Value>[][] = [];
  #size = 0;

  constructor(compare: (left: Key, right: Key) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get(key: Key): Value | undefined {
    const entry = this.#locate(key).entry;
    return entry?.value;
  }

  set(key: Key, value: Value): void {
    const { chunk, index, entry } = this.#locate(key);
    const entries = this.#chunks[chunk];
    if (entries === undefined) this.#chunks.push([{ key, value }]);
    else entries.splice(index, entry === undefined ? 0 : 1, { key, value });
    if (entry === undefined) this.#size += 1;
    if (entries !== undefined && entries.length > CHUNK) this.#chunks.splice(chunk + 1, 0, entries.splice(CHUNK >> 1));
  }

  delete(key: Key): void {
    const { chunk, index, entry } = this.#locate(key);
    const entries = this.#chunks[chunk];
    if (entry === undefined || entries === undefined) return;
    entries.splice(index, 1);
    if (entries.length === 0) this.#chunks.splice(chunk, 1);
    this.#size -= 1;
  }

  /** Upwards from the first key for which `reached` is true; it must be true of all that follow. */
  *ascending(reached: (key: Key) => boolean): Generator<Value> {
    const from = this.#first(reached);
    for (let chunk = from.chunk; chunk < this.#chunks.length; chunk += 1) {
      const entries = this.#chunks[chunk] ?? [];
      for (const entry of chunk === from.chunk ? entries.slice(from.index) : entries) yield entry.value;
    }
  }

  /** Downwards from the last key for which `passed` is still false; it must be true of all that follow in key order. */
  *descending(passed: (key: Key) => boolean): Generator<Value> {
    const from = this.#first(passed);
    for (let chunk = Math.min(from.chunk, this.#chunks.length - 1); chunk >= 0; chunk -= 1) {
      const entries = this.#chunks[chunk] ?? [];
      const end = chunk === from.chunk ? from.index : entries.length;
      for (const entry of entries.slice(0, end).reverse()) yield entry.value;
    }
  }

  #first(reached: (key: Key) => boolean): { readonly chunk: number; readonly index: number } {
    const chunk = firstIndex(this.#chunks, (entries) => {
      const last = entries.at(-1);
      return last !== undefined && reached(last.key);
    });
    return { chunk, index: firstIndex(this.#chunks[chunk] ?? [], (entry) => reached(entry.key)) };
  }

  /** Where `key` is, or would be inserted. */
  #locate(key: Key): { readonly chunk: number; readonly index: number; readonly entry: Entry<Key, Value> | undefined } {
    const found = this.#first((other) => this.#compare(other, key) >= 0);
    const entry = this.#chunks[found.chunk]?.[found.index];
    if (entry !== undefined) return { ...found, entry: this.#compare(entry.key, key) === 0 ? entry : undefined };
    const last = Math.max(this.#chunks.length - 1, 0);
    return { chunk: last, index: this.#chunks[last]?.length ?? 0, entry: undefined };
  }
}
