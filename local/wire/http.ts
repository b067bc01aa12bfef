/** An HTTP request as it reaches the local cloud: over a socket or inside the process. */
export interface LocalRequest {
  readonly method: string;
  /** With the query string, percent-encoded as sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export interface LocalResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Instead of the body: what the registry hands out. */
  readonly bytes?: Uint8Array;
}

/** The whole local cloud. It never rejects: what goes wrong is an answer. */
export type Handle = (request: LocalRequest) => Promise<LocalResponse>;

/** The most that a request's body may have, in bytes, before and after decompression. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The most that a request with a function's code may have, in bytes: 50 MB in base64, and its members (Developer Guide, "Lambda quotas"). */
export const MAX_CODE_BYTES = 70_167_210;

/** The most that one request may push to the registry, in bytes; a layer may come in several. */
export const MAX_LAYER_BYTES = 1024 * 1024 * 1024;

/** The most that one request may put into an object of S3, in bytes; an object may come in several parts. */
export const MAX_OBJECT_BYTES = 1024 * 1024 * 1024;

export const sizeOf = ({ body }: LocalRequest): number => (typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength);

/** The SDK's own byte arrays warn where they are read as texts: what is read are the bytes below them. */
export const bytesAsText = (body: Uint8Array | string): string =>
  typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
