import { createHash } from 'node:crypto';

/** A registry keeps what it is given byte for byte: a digest is that of the text or the bytes. */
export const digestOf = (content: string | Uint8Array): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;
