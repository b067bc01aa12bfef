import { AwsError } from '../errors.ts';

/** A body that came in chunks, put together, and the headers that came after it. */
export interface Unchunked {
  readonly body: Buffer;
  /** Names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

const LINE_END = '\r\n';

const incomplete = (): AwsError => new AwsError('IncompleteBody', 'The request body terminated unexpectedly', { status: 400 });

/** `<size in hex>[;chunk-signature=…]`; signatures are not verified. */
const sizeIn = (line: string): number => {
  const [text = ''] = line.split(';', 1);
  if (!/^[0-9a-fA-F]{1,10}$/.test(text)) throw incomplete();
  return Number.parseInt(text, 16);
};

/** Reads `aws-chunked` (API reference, "Signature calculations …: transferring payload in multiple chunks", and "… with trailers"). */
export const unchunk = (bytes: Buffer): Unchunked => {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf(LINE_END, at);
    if (end < 0) throw incomplete();
    const size = sizeIn(bytes.toString('latin1', at, end));
    const from = end + LINE_END.length;
    if (size === 0) return { body: Buffer.concat(chunks), trailers: trailersIn(bytes.toString('latin1', from)) };
    if (from + size + LINE_END.length > bytes.length) throw incomplete();
    chunks.push(bytes.subarray(from, from + size));
    at = from + size + LINE_END.length;
  }
};

const trailersIn = (text: string): Unchunked['trailers'] =>
  Object.fromEntries(
    text
      .split(/\r?\n/)
      .map((line) => /^([^:\s]+):\s*(.*?)\s*$/.exec(line))
      .flatMap((match) => (match === null ? [] : [[(match[1] ?? '').toLowerCase(), match[2] ?? ''] as const])),
  );
