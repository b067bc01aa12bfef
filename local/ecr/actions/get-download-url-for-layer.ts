import { downloadAddress } from '../../downloads/address.ts';
import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, onlyKnown, repositoryIn, textOf } from '../store.ts';

/** How long an address is good for, in seconds: Amazon ECR documents none; these have an X-Amz-Expires of an hour. */
const GOOD_FOR = 3600;

interface Body {
  readonly config?: { readonly digest?: string };
  readonly layers?: readonly { readonly digest?: string }[];
}

/** Where a layer is downloaded. Only of layers that an image names (API reference, GetDownloadUrlForLayer). */
export const getDownloadUrlForLayer: Action<EcrStore> = (store, input, { endpoint }) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'layerDigest'], 'GetDownloadUrlForLayer');
  const { name, blobs, manifests } = repositoryIn(store, input);
  const { account, region } = store.place;
  const digest = textOf(input, 'layerDigest') ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new AwsError(
      'InvalidParameterException',
      "Invalid parameter at 'layerDigest' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+''",
    );
  const where = `the repository with name '${name}' in the registry with id '${account}'`;
  if (!blobs.has(digest))
    throw new AwsError('LayersNotFoundException', `The layer with digest '${digest}' does not exist in ${where}`);
  const isNamed = [...manifests.values()].some(({ bytes }) => {
    const { config, layers = [] }: Body = JSON.parse(bytes.toString('utf8'));
    return [config, ...layers].some((one) => one?.digest === digest);
  });
  if (!isNamed)
    throw new AwsError(
      'LayerInaccessibleException',
      `The layer with digest '${digest}' is not associated with an image of ${where}`,
    );
  const downloadUrl = downloadAddress(endpoint, ['layers', account, region, digest], store.clock.now(), GOOD_FOR);
  return { downloadUrl, layerDigest: digest };
};
