import type { Revision } from '../../../deployment/observations.ts';
import { RefusedError } from '../../refused.ts';
import type { Job } from '../../target.ts';
import { digestIn } from '../calls.ts';
import type { Config } from '../config.ts';
import type { Folder, S3Calls } from './calls.ts';
import { cacheOf, isPage, keepMilliseconds, type StaticConfig, typeOf } from './config.ts';
import { isRecord, recordsIn } from './records.ts';
import { refusal } from './refusals.ts';

/** Copies at a time. */
const AT_ONCE = 16;

const inParallel = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const rest = [...items];
  const one = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, one));
};

const folderOf = ({ bucket, prefix = '' }: { readonly bucket: string; readonly prefix?: string }): Folder => ({ bucket, prefix });

/** Where CI has put the files of what the job deploys. */
const sourceOf = ({ from }: StaticConfig, { image, named = {}, deployment }: Job): Folder => {
  const value = from.by === 'digest' ? image?.digest.replace('sha256:', '') : named[from.by];
  if (value !== undefined) return folderOf({ bucket: from.bucket, prefix: `${from.prefix ?? ''}${value}/` });
  throw new RefusedError(
    refusal(
      'static-missing',
      `cannot find the static files of deployment ${deployment}: they are kept by ${from.by}, and the request names none; ask with it`,
    ),
  );
};

/**
 * The files that go with a function. Copied are those that are others than what is there, by their ETags: new ones first, then what they
 * replace, and pages last, so that whatever stops it leaves pages whose files are there. Everything may be done again.
 */
export const staticFiles = (calls: S3Calls, config: StaticConfig, { function: name }: Config, now: () => number) => {
  const to = folderOf(config.to);
  const records = recordsIn(calls, to, name);

  const copyFrom = async (from: Folder, keys: readonly string[]): Promise<void> =>
    inParallel(keys, async (key) => {
      const told = await calls.head(from, key);
      await calls.copy(from, to, key, { type: typeOf(told.type, key), cache: told.cache ?? cacheOf(config, key) });
    });

  /** Of those that are others than in the source: what is new, and what replaces something. */
  const bring = async (from: Folder, wanted: ReadonlyMap<string, string>, there: ReadonlyMap<string, string>): Promise<void> => {
    const changed = [...wanted].filter(([key, tag]) => there.get(key) !== tag).map(([key]) => key);
    await copyFrom(
      from,
      changed.filter((key) => !there.has(key)),
    );
    await copyFrom(
      from,
      changed.filter((key) => there.has(key) && !isPage(key)),
    );
    await copyFrom(
      from,
      changed.filter((key) => there.has(key) && isPage(key)),
    );
  };

  /** What nobody has a record of, and would be replaced, is kept: it is what is gone back to. */
  const keepFirst = async (
    before: string,
    wanted: ReadonlyMap<string, string>,
    there: ReadonlyMap<string, string>,
  ): Promise<void> => {
    if ((await records.read(before)) !== undefined) return;
    const from = records.kept(before);
    const keys = [...wanted].filter(([key, tag]) => there.has(key) && there.get(key) !== tag).map(([key]) => key);
    await inParallel(keys, async (key) => {
      const told = await calls.head(to, key);
      await calls.copy(to, from, key, { type: typeOf(told.type, key), cache: told.cache ?? cacheOf(config, key) });
    });
    await records.write(before, { from, keys });
  };

  /** Files of versions whose time is over, which no other version has; and what is known of those versions. All but these were replaced. */
  const removeOld = async (there: ReadonlyMap<string, string>, own: readonly string[]): Promise<void> => {
    const all = await records.all();
    for (const [digest, record] of all)
      if (record.replacedAt === undefined && !own.includes(digest)) await records.write(digest, { ...record, replacedAt: now() });
    const old = [...all].filter(([, { replacedAt = Number.POSITIVE_INFINITY }]) => replacedAt + keepMilliseconds(config) < now());
    if (old.length === 0) return;
    const over = new Set(old.map(([digest]) => digest));
    const needed = new Set([...all].flatMap(([digest, { keys }]) => (over.has(digest) ? [] : keys)));
    const keys = new Set(old.flatMap(([, record]) => record.keys));
    await calls.remove(
      to,
      [...keys].filter((key) => !needed.has(key) && there.has(key)),
    );
    for (const digest of over) {
      const kept = records.kept(digest);
      await calls.remove(kept, [...(await calls.list(kept)).keys()]);
    }
    await records.remove([...over]);
  };

  const served = async (): Promise<ReadonlyMap<string, string>> =>
    new Map([...(await calls.list(to))].filter(([key]) => !isRecord(key)));

  return {
    /** Brings the files of what the job deploys. `begins` is told before anything is changed. */
    async deploy(job: Job, begins: () => void): Promise<void> {
      const digest = job.image?.digest;
      const before = job.before?.revision.digest ?? digestIn(job.before?.revision.image ?? '');
      if (digest === undefined || before === undefined)
        throw new Error(`deployment ${job.deployment} is started without an image`);
      const from = sourceOf(config, job);
      const wanted = await calls.list(from);
      if (wanted.size === 0)
        throw new RefusedError(
          refusal(
            'static-missing',
            `there are no static files under s3://${from.bucket}/${from.prefix}; let CI put them there before it asks for the deployment`,
          ),
        );
      begins();
      const there = await served();
      const own = ownDigests(job);
      if (!own.includes(before)) await keepFirst(before, wanted, there);
      await bring(from, wanted, there);
      for (const one of own) await records.write(one, { from, keys: [...wanted.keys()] });
      await removeOld(there, own);
    },

    /** Brings back the files of what is gone back to; of a version that brought none there is nothing to bring. */
    async back({ digest }: Revision): Promise<void> {
      const record = digest === undefined ? undefined : await records.read(digest);
      if (record === undefined || digest === undefined) return;
      const { replacedAt: _, ...serving } = record;
      const source = await calls.list(record.from);
      const wanted = new Map([...source].filter(([key]) => record.keys.includes(key)));
      if (wanted.size < record.keys.length)
        throw new RefusedError(
          refusal(
            'static-missing',
            `cannot bring back the static files of ${digest}: s3://${record.from.bucket}/${record.from.prefix} has ${wanted.size} of ${record.keys.length} left; let CI put them there again`,
          ),
        );
      await bring(record.from, wanted, await served());
      await records.write(digest, serving);
    },
  };
};

/** Of an index the function runs one of its images: files are known by each. */
const ownDigests = ({ image }: Job): readonly string[] =>
  image === undefined
    ? []
    : image.platforms.length === 0
      ? [image.digest]
      : [...new Set(Object.values(image.architectures ?? {}))];

export type StaticFiles = ReturnType<typeof staticFiles>;
