import type { RegistryAction, RegistryAnswer } from './action.ts';
import { beginUpload } from './actions/begin-upload.ts';
import { finishUpload } from './actions/finish-upload.ts';
import { getBlob } from './actions/get-blob.ts';
import { getManifest } from './actions/get-manifest.ts';
import { listReferrers } from './actions/list-referrers.ts';
import { listTags } from './actions/list-tags.ts';
import { putManifest } from './actions/put-manifest.ts';
import { sendChunk } from './actions/send-chunk.ts';
import { uploadStatus } from './actions/upload-status.ts';
import { RegistryError } from './errors.ts';
import type { RegistryStore } from './store.ts';

export interface RegistryRequest {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Route {
  readonly methods: Readonly<Record<string, RegistryAction>>;
  readonly path: RegExp;
}

/** A repository's name (OCI distribution specification, "Pulling manifests"). */
const NAME = '([a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*)';
const DIGEST = '(sha256:[0-9a-f]{64})';
const REFERENCE = `([a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}|${DIGEST.slice(1, -1)})`;

const ROUTES: readonly Route[] = [
  {
    path: new RegExp(`^/v2/${NAME}/manifests/${REFERENCE}$`),
    methods: { GET: getManifest, HEAD: getManifest, PUT: putManifest },
  },
  { path: new RegExp(`^/v2/${NAME}/blobs/${DIGEST}$`), methods: { GET: getBlob, HEAD: getBlob } },
  { path: new RegExp(`^/v2/${NAME}/blobs/uploads/()$`), methods: { POST: beginUpload } },
  {
    path: new RegExp(`^/v2/${NAME}/blobs/uploads/([0-9a-f-]+)$`),
    methods: { GET: uploadStatus, PATCH: sendChunk, PUT: finishUpload },
  },
  { path: new RegExp(`^/v2/${NAME}/tags/list()$`), methods: { GET: listTags } },
  { path: new RegExp(`^/v2/${NAME}/referrers/${DIGEST}$`), methods: { GET: listReferrers } },
];

const json = (status: number, value: object, headers: Readonly<Record<string, string>> = {}): RegistryAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify(value)),
});

/** A registry that speaks the OCI distribution specification 1.1 (pull, push, content discovery), as `(request) → answer`. */
export const handleRegistry = (store: RegistryStore, { method, path, headers, body }: RegistryRequest): RegistryAnswer => {
  const { pathname, searchParams: query } = new URL(path, 'http://registry');
  if (pathname === '/v2/') return json(200, {}, { 'docker-distribution-api-version': 'registry/2.0' });
  try {
    const action = findAction(method, pathname);
    const [, repository = '', reference = ''] = action.found;
    const answer = action.run(store, { repository, reference, query, headers, body });
    const length = { 'content-length': String(answer.body?.length ?? 0) };
    const { body: bytes, ...rest } = answer;
    return {
      ...rest,
      headers: { ...length, ...answer.headers },
      ...(method === 'HEAD' || bytes === undefined ? {} : { body: bytes }),
    };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return json(error.status, { errors: [{ code: error.code, message: error.message }] });
  }
};

const findAction = (method: string, pathname: string): { readonly run: RegistryAction; readonly found: RegExpExecArray } => {
  for (const { path, methods } of ROUTES) {
    const found = path.exec(pathname);
    const run = methods[method];
    if (found !== null && run !== undefined) return { run, found };
    if (found !== null) throw new RegistryError('UNSUPPORTED', `${method} is not done here`);
  }
  throw new RegistryError('NAME_INVALID', `${pathname} names nothing that a registry has`);
};
