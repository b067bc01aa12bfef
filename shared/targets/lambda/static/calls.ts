import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { asking } from '../../asking.ts';
import type { TargetPorts } from '../../module.ts';
import { RefusedError } from '../../refused.ts';
import { refusalOf } from './refusals.ts';

/** A folder of a bucket; its prefix ends with a slash, or is empty. */
export interface Folder {
  readonly bucket: string;
  readonly prefix: string;
}

/** How an object is served. */
export interface Headers {
  readonly type: string;
  readonly cache: string;
}

const named = ({ bucket, prefix }: Folder, key = ''): string => `s3://${bucket}/${prefix}${key}`;

/** DeleteObjects takes a thousand. */
const MOST_KEYS = 1000;

/** What is asked of S3; keys are those within a folder. */
export const s3Calls = ({ client, signal }: Pick<TargetPorts, 'client' | 'signal'>) => {
  const s3 = client(S3Client);
  const ask = asking(signal, refusalOf);

  /** ETags by key. A call for each thousand. */
  const list = async (folder: Folder): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: folder.bucket,
        Prefix: folder.prefix,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      });
      const { Contents = [], NextContinuationToken } = await ask(`list ${named(folder)}`, (options) => s3.send(command, options));
      for (const { Key = '', ETag = '' } of Contents) found.set(Key.slice(folder.prefix.length), ETag);
      ContinuationToken = NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  };

  /** What the source says of itself: undefined members where it says nothing. */
  const head = async (folder: Folder, key: string): Promise<{ readonly type?: string; readonly cache?: string }> => {
    const command = new HeadObjectCommand({ Bucket: folder.bucket, Key: `${folder.prefix}${key}` });
    const { ContentType, CacheControl } = await ask(`look at ${named(folder, key)}`, (options) => s3.send(command, options));
    return {
      ...(ContentType === undefined ? {} : { type: ContentType }),
      ...(CacheControl === undefined ? {} : { cache: CacheControl }),
    };
  };

  const copy = async (from: Folder, to: Folder, key: string, { type, cache }: Headers): Promise<void> => {
    const source = [from.bucket, ...`${from.prefix}${key}`.split('/')].map(encodeURIComponent).join('/');
    const command = new CopyObjectCommand({
      Bucket: to.bucket,
      Key: `${to.prefix}${key}`,
      CopySource: source,
      MetadataDirective: 'REPLACE',
      ContentType: type,
      CacheControl: cache,
    });
    await ask(`copy ${named(from, key)} to ${named(to, key)}`, (options) => s3.send(command, options));
  };

  const remove = async (folder: Folder, keys: readonly string[]): Promise<void> => {
    for (let at = 0; at < keys.length; at += MOST_KEYS) {
      const Objects = keys.slice(at, at + MOST_KEYS).map((key) => ({ Key: `${folder.prefix}${key}` }));
      const command = new DeleteObjectsCommand({ Bucket: folder.bucket, Delete: { Objects, Quiet: true } });
      const doing = `remove old files of ${named(folder)}`;
      const { Errors: [failed] = [] } = await ask(doing, (options) => s3.send(command, options));
      if (failed === undefined) continue;
      const { Code = '', Message = '', Key = '' } = failed;
      const error = Object.assign(new Error(`${Key}: ${Message}`), { name: Code });
      const failure = refusalOf(error, doing);
      throw failure === undefined ? error : new RefusedError(failure);
    }
  };

  /** `undefined`: it is not there. */
  const read = async (folder: Folder, key: string): Promise<string | undefined> => {
    const command = new GetObjectCommand({ Bucket: folder.bucket, Key: `${folder.prefix}${key}` });
    try {
      const { Body } = await ask(`read ${named(folder, key)}`, (options) => s3.send(command, options));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof RefusedError && error.failure.code === 'static-missing') return undefined;
      throw error;
    }
  };

  const write = async (folder: Folder, key: string, body: string): Promise<void> => {
    const command = new PutObjectCommand({
      Bucket: folder.bucket,
      Key: `${folder.prefix}${key}`,
      Body: body,
      ContentType: 'application/json',
    });
    await ask(`write ${named(folder, key)}`, (options) => s3.send(command, options));
  };

  return { list, head, copy, remove, read, write };
};

export type S3Calls = ReturnType<typeof s3Calls>;
