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

/** What a request does, and the permission of Amazon ECR that it needs (User Guide, "Repository policy examples"; Service Authorization Reference). */
interface Method {
  readonly run: RegistryAction;
  readonly needs: string;
}

interface Route {
  readonly methods: Readonly<Record<string, Method>>;
  readonly path: RegExp;
}

/** Throws unless whoever asks has the permission for that repository. */
export type Permit = (action: string, repository: string) => void;

/** A repository's name (OCI distribution specification, "Pulling manifests"). */
const NAME = '([a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*)';
const DIGEST = '(sha256:[0-9a-f]{64})';
const REFERENCE = `([a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}|${DIGEST.slice(1, -1)})`;

const ROUTES: readonly Route[] = [
  {
    path: new RegExp(`^/v2/${NAME}/manifests/${REFERENCE}$`),
    methods: {
      GET: { run: getManifest, needs: 'BatchGetImage' },
      HEAD: { run: getManifest, needs: 'BatchGetImage' },
      PUT: { run: putManifest, needs: 'PutImage' },
    },
  },
  {
    path: new RegExp(`^/v2/${NAME}/blobs/${DIGEST}$`),
    methods: {
      GET: { run: getBlob, needs: 'GetDownloadUrlForLayer' },
      HEAD: { run: getBlob, needs: 'BatchCheckLayerAvailability' },
    },
  },
  {
    path: new RegExp(`^/v2/${NAME}/blobs/uploads/()$`),
    methods: { POST: { run: beginUpload, needs: 'InitiateLayerUpload' } },
  },
  {
    path: new RegExp(`^/v2/${NAME}/blobs/uploads/([0-9a-f-]+)$`),
    methods: {
      GET: { run: uploadStatus, needs: 'UploadLayerPart' },
      PATCH: { run: sendChunk, needs: 'UploadLayerPart' },
      PUT: { run: finishUpload, needs: 'CompleteLayerUpload' },
    },
  },
  { path: new RegExp(`^/v2/${NAME}/tags/list()$`), methods: { GET: { run: listTags, needs: 'ListImages' } } },
  {
    path: new RegExp(`^/v2/${NAME}/referrers/${DIGEST}$`),
    methods: { GET: { run: listReferrers, needs: 'ListImageReferrers' } },
  },
];

const json = (status: number, value: object, headers: Readonly<Record<string, string>> = {}): RegistryAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify(value)),
});

/** A registry that speaks the OCI distribution specification 1.1 (pull, push, content discovery), as `(request) → answer`. */
export const handleRegistry = (
  store: RegistryStore,
  { method, path, headers, body }: RegistryRequest,
  permit: Permit = () => undefined,
): RegistryAnswer => {
  const { pathname, searchParams: query } = new URL(path, 'http://registry');
  if (pathname === '/v2/') return json(200, {}, { 'docker-distribution-api-version': 'registry/2.0' });
  try {
    const { found, run, needs } = findAction(method, pathname);
    const [, repository = '', reference = ''] = found;
    permit(needs, repository);
    // The end of an upload may bring its last part, or all of it.
    if (needs === 'CompleteLayerUpload' && body.length > 0) permit('UploadLayerPart', repository);
    const from = needs === 'InitiateLayerUpload' ? query.get('from') : null;
    // To mount a layer is to read it where it is (User Guide, "Blob mounting").
    if (from !== null && store.mounting.enabled) permit('GetDownloadUrlForLayer', from);
    const answer = run(store, { repository, reference, query, headers, body });
    const length = { 'content-length': String(answer.body?.length ?? 0) };
    const { body: bytes, ...rest } = answer;
    return {
      ...rest,
      headers: { ...length, ...answer.headers },
      ...(method === 'HEAD' || bytes === undefined ? {} : { body: bytes }),
    };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return refused(error);
  }
};

/** As registries say no ("Error Codes"). */
export const refused = (error: RegistryError, headers: RegistryAnswer['headers'] = {}): RegistryAnswer =>
  json(error.status, { errors: [{ code: error.code, message: error.message }] }, headers);

const findAction = (method: string, pathname: string): Method & { readonly found: RegExpExecArray } => {
  for (const { path, methods } of ROUTES) {
    const found = path.exec(pathname);
    const done = methods[method];
    if (found !== null && done !== undefined) return { ...done, found };
    if (found !== null) throw new RegistryError('UNSUPPORTED', `${method} is not done here`);
  }
  throw new RegistryError('NAME_INVALID', `${pathname} names nothing that a registry has`);
};
