import { CopyRefusal } from './refusal.ts';
import { isPatienceAskedFor, pull, push, RegistryTrouble, type Transport } from './transport.ts';

/** An upload that has begun: what is to be sent next, and where to. */
export interface Upload {
  readonly location: string;
  /** Bytes that the registry has. */
  readonly offset: number;
}

/** The blobs of a registry's repositories: configs and layers. */
export const blobClient = ({ host, address, ask, askOnce, refuse }: Transport) => {
  const hasBlob = async (repository: string, digest: string): Promise<boolean> => {
    const response = await ask({ method: 'HEAD', path: `/v2/${repository}/blobs/${digest}`, scope: pull(repository) });
    if (response.status === 404) return false;
    return response.ok ? true : refuse(`look at a layer of ${repository}`, response);
  };

  /** The bytes from `offset` on, as they come. */
  const readBlob = async (repository: string, digest: string, offset: number): Promise<ReadableStream<Uint8Array>> => {
    const headers = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const response = await ask({ method: 'GET', path: `/v2/${repository}/blobs/${digest}`, scope: pull(repository), headers });
    if (response.status === 404)
      throw new CopyRefusal(
        'part-missing',
        `${host} does not have ${digest}, which an image of ${repository} names; push the image again`,
      );
    if (!response.ok || response.body === null) return refuse(`pull a layer of ${repository}`, response);
    return offset > 0 && response.status === 200 ? response.body.pipeThrough(without(offset)) : response.body;
  };

  /** A registry may move an upload with each answer; where it does not say so, it stays (`otherwise`). */
  const uploadOf = (response: Response, offset: number, otherwise?: string): Upload => {
    const location = response.headers.get('location') ?? otherwise;
    if (location === undefined) throw new RegistryTrouble(`${host} began an upload without saying where`);
    return { location: new URL(location, address).href, offset };
  };

  /** A part of a layer that was not taken may be taken later: it was too much, or the registry has lost what came before it. */
  const requireUpload = ({ status }: Response): void => {
    if (isPatienceAskedFor(status)) throw new RegistryTrouble(`${host} answered ${status} to a part of a layer`);
    if (status === 404 || status === 416) throw new RegistryTrouble(`${host} has lost a layer that was half-way there`);
  };

  /** `mounted`: the registry took the blob from another of its repositories. */
  const beginUpload = async (
    repository: string,
    mount?: { readonly digest: string; readonly from: string },
  ): Promise<Upload | 'mounted'> => {
    const query = mount === undefined ? '' : `?mount=${mount.digest}&from=${encodeURIComponent(mount.from)}`;
    const scope = mount === undefined ? push(repository) : `${push(repository)} ${pull(mount.from)}`;
    const response = await ask({
      method: 'POST',
      path: `/v2/${repository}/blobs/uploads/${query}`,
      scope,
      headers: { 'content-length': '0' },
    });
    if (response.status !== 201 && response.status !== 202) return refuse(`push a layer to ${repository}`, response);
    await response.body?.cancel();
    return response.status === 201 ? 'mounted' : uploadOf(response, 0);
  };

  /** Where an upload of an earlier run stands; `undefined`: the registry has forgotten it. */
  const resumeUpload = async (repository: string, { location }: Upload): Promise<Upload | undefined> => {
    const response = await ask({ method: 'GET', path: location, scope: push(repository) });
    await response.body?.cancel();
    if (response.status !== 204 && response.status !== 202) return undefined;
    const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get('range') ?? '') ?? [];
    return last === undefined ? undefined : uploadOf(response, Number(last) + 1, location);
  };

  const sendChunk = async (repository: string, { location, offset }: Upload, chunk: Uint8Array): Promise<Upload> => {
    const headers = { 'content-type': 'application/octet-stream', 'content-range': `${offset}-${offset + chunk.length - 1}` };
    const response = await askOnce({ method: 'PATCH', path: location, scope: push(repository), headers, body: chunk });
    requireUpload(response);
    if (response.status !== 202) return refuse(`take a part of a layer for ${repository}`, response);
    await response.body?.cancel();
    return uploadOf(response, offset + chunk.length, location);
  };

  /** The registry compares what it has with the digest. */
  const finishUpload = async (
    repository: string,
    { location, offset }: Upload,
    digest: string,
    rest?: Uint8Array,
  ): Promise<void> => {
    const end = new URL(location);
    end.searchParams.set('digest', digest);
    const headers =
      rest === undefined
        ? { 'content-length': '0' }
        : {
            'content-type': 'application/octet-stream',
            ...(offset === 0 ? {} : { 'content-range': `${offset}-${offset + rest.length - 1}` }),
          };
    const response = await askOnce({
      method: 'PUT',
      path: end.href,
      scope: push(repository),
      headers,
      ...(rest === undefined ? {} : { body: rest }),
    });
    requireUpload(response);
    if (response.status !== 201) return refuse(`take ${digest} for ${repository}`, response);
    await response.body?.cancel();
  };

  return { hasBlob, readBlob, beginUpload, resumeUpload, sendChunk, finishUpload };
};

/** The stream without its first bytes: some registries know no ranges. */
const without = (bytes: number): TransformStream<Uint8Array, Uint8Array> => {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      const rest = chunk.subarray(Math.min(left, chunk.length));
      left -= chunk.length - rest.length;
      if (rest.length > 0) controller.enqueue(rest);
    },
  });
};
