/** Error codes of the OCI distribution specification 1.1 ("Error Codes"), with the status that registries answer (Debian's docker-registry 2.8.2). */
const STATUS = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 416,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 404,
  NAME_UNKNOWN: 404,
  DENIED: 403,
  SIZE_INVALID: 413,
  TAG_INVALID: 400,
  UNAUTHORIZED: 401,
  UNSUPPORTED: 405,
} as const;

/** An answer of the registry that says no. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: keyof typeof STATUS;

  constructor(code: keyof typeof STATUS, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }
}
