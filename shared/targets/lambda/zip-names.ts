/** What a revision is said to be of, where nobody has said which artifact its archive came in; the archive's digest follows. */
export const UNKNOWN = 'zip:';

/** `sha256:…` of an archive, from what Lambda tells it by (API reference, FunctionConfiguration: CodeSha256, in base64). */
export const archiveDigest = (codeSha256: string): string => `sha256:${Buffer.from(codeSha256, 'base64').toString('hex')}`;

/** The digest in `zip:sha256:…`; `undefined`: somebody has said which artifact it is. */
export const unknownIn = (text: string): string | undefined =>
  text.startsWith(UNKNOWN) ? text.slice(UNKNOWN.length) : undefined;

/** The other way round. */
export const codeSha256Of = (digest: string): string => Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64');

/** What a version tells people by: for which deployment it was published, and of an archive in which artifact it came (256 characters at most). */
export const descriptionFor = (deployment: string, digest?: string): string =>
  `switchyard ${deployment}${digest === undefined ? '' : ` ${digest}`}`;

const DESCRIPTION = /^switchyard \S+ (sha256:[0-9a-f]{64})$/;

/** The artifact that a version's archive came in, as it was written when it was published. */
export const artifactIn = (description: string | undefined): string | undefined => DESCRIPTION.exec(description ?? '')?.[1];
