/** Why an image cannot be copied: stable words, each with its line of `docs/errors.md`. */
export const COPY_ERRORS = {
  'digest-mismatch': 'A registry handed out, or says that it keeps, something else than the digest promises.',
  'image-not-found': 'The registry has no such repository, or no image with this tag or digest.',
  'layer-foreign': 'A layer is kept outside of registries and cannot be copied.',
  'manifest-invalid': 'A manifest is not what the OCI image specification says, or names itself.',
  'manifest-schema-1': "The manifest is of Docker's schema 1.",
  'manifest-too-large': 'A manifest has more than 4 MiB, which registries do not take.',
  'manifest-unknown': 'The manifest is of a kind that is not copied.',
  'part-missing': 'The image names a part that its registry does not have.',
  'registry-denied': 'The registry does not let the pipeline pull or push there.',
  'registry-refused': 'The registry refuses what it was asked; the message is its own.',
  'tag-immutable': 'The tag is taken by another image, and the repository does not let it move.',
} as const;

export type CopyErrorCode = keyof typeof COPY_ERRORS;

/** The answer is no, and will be the next time: it ends the copy with its reason. Anything else that is thrown may end well later. */
export class CopyRefusal extends Error {
  override readonly name = 'CopyRefusal';
  readonly code: CopyErrorCode;

  constructor(code: CopyErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
