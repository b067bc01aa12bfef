import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The algorithms that the local cloud has (User Guide, "Checking object integrity"); MD5 and the XXHash family are refused by name. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

/** `ChecksumCRC32`: how members of the API are called. */
export const checksumMember = (algorithm: ChecksumAlgorithm): string => `Checksum${algorithm}`;

export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** Takes bytes, piece by piece; `value` is the checksum in base64. */
export interface RunningChecksum {
  readonly update: (bytes: Uint8Array) => void;
  readonly value: () => string;
}

const CRC32C_POLYNOMIAL = 0x82f63b78;

const crc32cTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1;
  return value;
});

const runningCrc32c = (): RunningChecksum => {
  let crc = 0xffffffff;
  return {
    update(bytes) {
      for (let at = 0; at < bytes.length; at += 1) crc = (crc >>> 8) ^ (crc32cTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
    },
    value: () => base64Of((crc ^ 0xffffffff) >>> 0),
  };
};

const runningCrc32 = (): RunningChecksum => {
  let crc = 0;
  return {
    update(bytes) {
      crc = crc32(bytes, crc);
    },
    value: () => base64Of(crc),
  };
};

const base64Of = (crc: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
};

/** Of CRC-64/NVME, reflected, in two halves: JavaScript's bit operations know 32 bits. */
const HIGH = 0x9a6c9329;
const LOW = 0xac4bc9b5;

const crc64Tables = (() => {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let [above, below] = [0, index];
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = below & 1;
      below = ((below >>> 1) | ((above & 1) << 31)) >>> 0;
      above >>>= 1;
      if (carry === 1) [above, below] = [(above ^ HIGH) >>> 0, (below ^ LOW) >>> 0];
    }
    [high[index], low[index]] = [above, below];
  }
  return { high, low };
})();

const runningCrc64 = (): RunningChecksum => {
  let above = 0xffffffff;
  let below = 0xffffffff;
  const { high, low } = crc64Tables;
  return {
    update(bytes) {
      for (let at = 0; at < bytes.length; at += 1) {
        const index = (below ^ (bytes[at] ?? 0)) & 0xff;
        below = ((below >>> 8) | (above << 24)) ^ (low[index] ?? 0);
        above = (above >>> 8) ^ (high[index] ?? 0);
      }
    },
    value() {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(~above >>> 0, 0);
      bytes.writeUInt32BE(~below >>> 0, 4);
      return bytes.toString('base64');
    },
  };
};

const runningHash = (name: string): RunningChecksum => {
  const hash = createHash(name);
  return { update: (bytes) => void hash.update(bytes), value: () => hash.copy().digest('base64') };
};

const RUNNING: Readonly<Record<ChecksumAlgorithm, () => RunningChecksum>> = {
  CRC32: runningCrc32,
  CRC32C: runningCrc32c,
  CRC64NVME: runningCrc64,
  SHA1: () => runningHash('sha1'),
  SHA256: () => runningHash('sha256'),
};

export const runningChecksum = (algorithm: ChecksumAlgorithm): RunningChecksum => RUNNING[algorithm]();

export const checksumOf = (algorithm: ChecksumAlgorithm, bytes: Uint8Array): string => {
  const running = runningChecksum(algorithm);
  running.update(bytes);
  return running.value();
};
