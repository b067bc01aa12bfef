import { createHash } from 'node:crypto';
import type { CallContext } from '../service.ts';
import { archiveDigest, writeArchive } from './archives.ts';
import type { FunctionConfiguration } from './configuration.ts';
import { invalid, unsupported } from './errors.ts';
import { findImage } from './image-code.ts';
import { textsOf } from './members.ts';
import type { LambdaStore } from './store.ts';
import { readZip } from './zip.ts';

type Input = Readonly<Record<string, unknown>>;

/** The code's own part of a configuration. */
export type Code = Pick<FunctionConfiguration, 'code'> &
  Partial<Pick<FunctionConfiguration, 'image' | 'codeSha256' | 'codeSize'>>;

type Architecture = FunctionConfiguration['architecture'];

export const architectureOf = (input: Input, otherwise: Architecture = 'x86_64'): Architecture => {
  const [architecture = otherwise, ...others] = textsOf(input, 'Architectures') ?? [];
  if (others.length === 0 && (architecture === 'x86_64' || architecture === 'arm64')) return architecture;
  throw invalid('Architectures must be [x86_64] or [arm64]');
};

/** The code that a request brings; `packageType` is the function's, and stays what it is. */
export const codeIn = (
  store: LambdaStore,
  { ZipFile, ImageUri, S3Bucket, S3Key, S3ObjectVersion, ...others }: Input,
  packageType: 'Zip' | 'Image',
  context: CallContext,
): Code => {
  const [other] = Object.keys(others).filter((member) => others[member] !== undefined);
  if (other !== undefined) throw unsupported(other);
  if (packageType === 'Image') {
    for (const [name, given] of Object.entries({ ZipFile, S3Bucket }))
      if (given !== undefined) throw invalid(`Please don't provide ${name} when updating a function with packageType Image.`);
    if (typeof ImageUri !== 'string') throw invalid('Please provide ImageUri when updating a function with packageType Image.');
    const { image, resolved } = findImage(store, ImageUri, context.caller.accessKeyId);
    return { code: '', image: { uri: ImageUri, resolved }, codeSha256: image.digest.replace('sha256:', '') };
  }
  if (ImageUri !== undefined) throw invalid("Please don't provide ImageUri when updating a function with packageType Zip.");
  if (typeof S3Bucket === 'string' && typeof S3Key === 'string') {
    const versionId = typeof S3ObjectVersion === 'string' ? S3ObjectVersion : undefined;
    return archive(store, store.readCode({ bucket: S3Bucket, key: S3Key, versionId }, context));
  }
  if (typeof ZipFile !== 'string') throw invalid('Please provide a source for function code.');
  return archive(store, Buffer.from(ZipFile, 'base64'));
};

/** Bytes of all files of an archive together (Developer Guide, "Lambda quotas": 250 MB). */
const LARGEST_UNZIPPED = 262_144_000;

const requireArchive = (bytes: Buffer): void => {
  const unzipped = sizeOf(bytes);
  if (unzipped === undefined) throw invalid('Could not unzip uploaded file. Please check your file, then try to upload again.');
  if (unzipped >= LARGEST_UNZIPPED) throw invalid(`Unzipped size must be smaller than ${LARGEST_UNZIPPED} bytes`);
};

/** `undefined`: it is none. */
const sizeOf = (bytes: Buffer): number | undefined => {
  try {
    return readZip(bytes).reduce((sum, { content }) => sum + content.length, 0);
  } catch {
    return undefined;
  }
};

/** Unpacked where it is needed. */
const archive = ({ blobs }: LambdaStore, bytes: Buffer): Code => {
  requireArchive(bytes);
  const hash = createHash('sha256').update(bytes).digest();
  const codeSha256 = hash.toString('base64');
  const code = writeArchive(codeSha256, bytes);
  blobs?.set(archiveDigest(codeSha256), bytes);
  return { code, codeSha256, codeSize: bytes.length };
};
