import type { RegistryStore } from './store.ts';

/** A request as it reaches the registry, its path taken apart. */
export interface RegistryCall {
  readonly repository: string;
  /** A tag, a digest, or an upload's id. */
  readonly reference: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface RegistryAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** One request of the OCI distribution specification. Throws `RegistryError` for a no. */
export type RegistryAction = (store: RegistryStore, call: RegistryCall) => RegistryAnswer;
