/** What a queue gives to its function, as far as it is read. */
interface Batch {
  readonly Records: readonly { readonly body: string }[];
}

/** A handler that tells a line for each verdict that it has not heard before. */
export declare const subscriber: (tell: (line: string) => void) => (event: Batch) => Promise<void>;
export declare const handler: (event: Batch) => Promise<void>;
