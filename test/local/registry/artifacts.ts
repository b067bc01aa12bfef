import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import type { Handle } from '../../../local/wire/http.ts';
import { OCI_MANIFEST, sha256 } from './images.ts';

/** OCI image specification 1.1, "Guidance for an Empty Descriptor": the JSON `{}`. */
const EMPTY = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
  data: 'e30=',
};

/** What `oras push` calls an artifact that is given no type (oras-go, `oras.MediaTypeUnknownArtifact`). */
const UNKNOWN = 'application/vnd.unknown.artifact.v1';

/** A file of an artifact. */
export interface Part {
  readonly bytes: Buffer;
  /** `application/zip`, unless told otherwise. */
  readonly mediaType?: string;
  /** What the manifest says, where it is not the truth. */
  readonly size?: number;
  readonly digest?: string;
}

/** The manifest that `oras push <reference> function.zip:application/zip` makes (ORAS documentation, "Pushing and pulling", with `oras manifest fetch`). */
export const artifactManifest = (parts: readonly Part[], more: object = {}) => ({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  artifactType: UNKNOWN,
  config: EMPTY,
  layers: parts.map(({ bytes, mediaType = 'application/zip', size = bytes.length, digest = sha256(bytes) }, index) => ({
    mediaType,
    digest,
    size,
    annotations: { 'org.opencontainers.image.title': index === 0 ? 'function.zip' : `function-${index}.zip` },
  })),
  annotations: { 'org.opencontainers.image.created': '2026-03-01T12:00:00Z' },
  ...more,
});

interface Registry {
  readonly handle: Handle;
  /** Of whoever pushes. */
  readonly access: object;
}

/**
 * Pushes it as ORAS does, by the registry's own API (OCI distribution specification 1.1, "Pushing a blob monolithically", POST then PUT;
 * "Pushing Manifests"): config, files, manifest. Answers the manifest's digest.
 */
export const pushArtifact = async (
  { handle, access }: Registry,
  repository: string,
  tag: string,
  parts: readonly Part[],
  manifest: object = artifactManifest(parts),
): Promise<string> => {
  const { authorizationData: [data] = [] } = await new ECRClient(access).send(new GetAuthorizationTokenCommand({}));
  const ask = async (method: string, path: string, type: string, body: Buffer) => {
    const headers = { host: 'cloud.test', authorization: `Basic ${data?.authorizationToken}`, 'content-type': type };
    const answer = await handle({ method, path, headers, body });
    if (answer.status >= 300) throw new Error(`the registry answers ${answer.status} to ${method} ${path}: ${answer.bytes}`);
    return answer.headers;
  };
  const bytes = 'application/octet-stream';
  for (const body of [Buffer.from('{}'), ...parts.map((part) => part.bytes)]) {
    const { location } = await ask('POST', `/v2/${repository}/blobs/uploads/`, bytes, Buffer.alloc(0));
    await ask('PUT', `${location}?digest=${sha256(body)}`, bytes, body);
  }
  const text = Buffer.from(JSON.stringify(manifest));
  await ask('PUT', `/v2/${repository}/manifests/${tag}`, OCI_MANIFEST, text);
  return sha256(text);
};
