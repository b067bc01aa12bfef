import type { Revision } from '../../deployment/observations.ts';
import { RefusedError } from '../refused.ts';
import type { Archive, ArtifactCalls } from './artifacts.ts';
import { digestIn, type LambdaCalls, numberIn, type Version } from './calls.ts';
import { placeOf, type ZipConfig } from './config.ts';
import type { Code } from './packaging.ts';
import { refusal } from './refusals.ts';
import { archiveDigest, codeSha256Of, unknownIn } from './zip-names.ts';

const code = (image: string, { digest, read }: Archive): Code => ({
  image,
  mark: digest,
  input: async () => ({ ZipFile: await read() }),
});

const gone = (config: ZipConfig, { id, image }: Revision, failure = archiveGone(config, id)): Code => ({
  image,
  mark: unknownIn(image),
  input: async () => {
    throw new RefusedError(failure);
  },
});

const archiveGone = (config: ZipConfig, id: string) =>
  refusal(
    'archive-gone',
    `cannot go back to ${id} with ${placeOf(config)}: no published version has its archive any more, and nobody has said which artifact it came in; deploy a good one`,
  );

/** By which a version's archive is told from others: its own digest. */
export const markOf = ({ codeSha256 }: Pick<Version, 'codeSha256'>): string => archiveDigest(codeSha256);

/** Where archives come from: artifacts of the catalogue's repository, and versions that Lambda keeps. */
export const zipCode = (calls: LambdaCalls, artifacts: ArtifactCalls, config: ZipConfig) => {
  const { repository } = config.zip;

  /** One call. Refuses what is no zip archive, or of another repository than the roles have been given. */
  const artifact = async (image: string): Promise<Code> => {
    const doing = `deploy ${image} to ${placeOf(config)}`;
    const digest = digestIn(image) ?? '';
    if (image !== `${repository}@${digest}`)
      throw new RefusedError(
        refusal(
          'artifact-elsewhere',
          `cannot ${doing}: archives for it are in ${repository}; push it there, or correct "repository"`,
        ),
      );
    return code(image, await artifacts.archiveOf(repository, digest, doing));
  };

  /** Of a published version, as long as it is there. */
  const ofVersion = async (number: string | undefined, image: string): Promise<Code | undefined> => {
    const found = number === undefined ? undefined : await calls.versionIfThere(config, number);
    if (found === undefined) return undefined;
    const of = `version ${found.version} of function "${config.function}"`;
    return code(image, { digest: markOf(found), read: () => artifacts.download(found.location, markOf(found), of) });
  };

  /** Of the version itself, else of another of the same archive, else of the artifact. */
  const back = async (to: Revision): Promise<Code> => {
    const known = await ofVersion(numberIn(to), to.image);
    if (known !== undefined) return known;
    const mark = unknownIn(to.image);
    if (mark !== undefined) {
      const other = await calls.newestOf(config, codeSha256Of(mark));
      return (await ofVersion(other?.version, to.image)) ?? gone(config, to);
    }
    try {
      return await artifact(to.image);
    } catch (error) {
      if (error instanceof RefusedError) return gone(config, to, error.failure);
      throw error;
    }
  };

  return { artifact, back };
};
