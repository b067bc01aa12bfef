import { type Behaviour, behaviourOf } from '../ecs/behaviour.ts';
import { AwsError } from '../errors.ts';
import type { LocalImage } from '../ports.ts';
import type { FunctionConfiguration } from './configuration.ts';
import { invalid } from './errors.ts';
import type { ImageName, ImageRegistry } from './image-registry.ts';
import { type LoadedFunction, RuntimeError } from './loader.ts';
import type { LambdaOptions } from './store.ts';

/** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>`, with a tag or a digest (Developer Guide, "Container images"). */
const IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)(?::([^@]+)|@(sha256:[0-9a-f]{64}))$/;

/** What the config of an image is called (OCI image specification, "OCI Image Media Types"; Docker's image manifest, version 2, schema 2). */
const CONFIGS = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];

const INDEXES = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];

export const imageName = (uri: string): ImageName | undefined => {
  const [, account, region, repository, tag, digest] = IMAGE.exec(uri) ?? [];
  const reference = digest ?? tag;
  if (account === undefined || region === undefined || repository === undefined || reference === undefined) return undefined;
  return { from: { account, region }, repository, reference };
};

export interface FoundImage {
  readonly image: LocalImage;
  /** By digest. */
  readonly resolved: string;
}

/**
 * The image that a call names, in Lambda's words where it is none: of another region, missing, archived, not Lambda's to pull, of several
 * platforms, or no image but another artifact (Developer Guide, "Create a Lambda function using a container image": one architecture, the same region).
 */
export const findImage = ({ images, place }: LambdaOptions, uri: string, accessKeyId: string): FoundImage => {
  const name = imageName(uri);
  if (name === undefined || name.from.region !== place.region)
    throw invalid(`Source image ${uri} is not valid. Provide a valid source image.`);
  images.admit(name, accessKeyId);
  if (!images.mayPull(name))
    throw new AwsError(
      'AccessDeniedException',
      'Lambda does not have permission to access the ECR image. Check the ECR permissions.',
      { status: 403 },
    );
  const image = images.find(name);
  if (image === undefined || image.status !== 'ACTIVE')
    throw invalid(`Source image ${uri} does not exist. Provide a valid source image.`);
  const { config }: { readonly config?: { readonly mediaType?: string } } = JSON.parse(image.manifest);
  if (INDEXES.includes(image.mediaType) || !CONFIGS.includes(config?.mediaType ?? ''))
    throw invalid(`The image manifest, config or layer media type for the source image ${uri} is not supported.`);
  return { image, resolved: `${uri.replace(/[:@][^/]*$/, '')}@${image.digest}` };
};

/** Why an image that was taken cannot be made ready (API reference, LastUpdateStatusReasonCode); `undefined`: it can. */
export const whyNotReady = (
  images: ImageRegistry,
  resolved: string,
): { readonly code: string; readonly reason: string } | undefined => {
  const name = imageName(resolved);
  const image = name === undefined ? undefined : images.find(name);
  if (name === undefined || image === undefined)
    return { code: 'ImageDeleted', reason: `The image ${resolved} was deleted or does not exist.` };
  if (!images.mayPull(name))
    return {
      code: 'ImageAccessDenied',
      reason: 'Lambda does not have permission to access the ECR image. Check the ECR permissions.',
    };
  if (images.architecture(name) === undefined)
    return { code: 'InvalidImage', reason: `The image ${resolved} has a configuration that is not valid.` };
  return undefined;
};

const NEVER = new Promise<never>(() => undefined);

/** Seconds that Lambda needs to make it ready. */
export const readySeconds = ({ images, readySeconds: usual = 1 }: LambdaOptions, { image }: FunctionConfiguration): number => {
  const name = imageName(image?.resolved ?? '');
  const found = name === undefined ? undefined : images.find(name);
  return found === undefined ? usual : behaviourOf(found.labels, usual).startSeconds;
};

const headers = { 'content-type': 'application/json' };

/**
 * What a function of an image does: its labels say how it behaves, as they do of a container of Amazon ECS. It answers every event as an
 * HTTP request, and tells which image it is. The time that `fails-after-seconds` counts begins when the code was put in.
 */
export const imageCode = (store: LambdaOptions, configuration: FunctionConfiguration): LoadedFunction => {
  const name = imageName(configuration.image?.resolved ?? '');
  const found = name === undefined ? undefined : store.images.find(name);
  const behaviour = behaviourOf(found?.labels ?? {}, 0);
  const runsOn = name === undefined ? undefined : store.images.architecture(name);
  const begun = Date.parse(configuration.lastModified.replace('+0000', 'Z'));
  return {
    hangs: behaviour.health === 'hangs',
    async invoke(_, { awsRequestId, invokedFunctionArn, functionVersion }) {
      if (runsOn !== configuration.architecture) throw cannotRun(awsRequestId);
      if (behaviour.exitCode !== undefined) throw exits(awsRequestId, behaviour.exitCode);
      if (behaviour.health === 'hangs') return NEVER;
      const body = { image: found?.digest, function: invokedFunctionArn, version: functionVersion };
      return { statusCode: statusOf(behaviour, store.clock.now() - begun), headers, body: `${JSON.stringify(body)}\n` };
    },
    abort: () => undefined,
    stop: async () => undefined,
  };
};

const statusOf = ({ health, failsAfterSeconds = Number.POSITIVE_INFINITY }: Behaviour, age: number): number =>
  health === 'unhealthy' || age >= failsAfterSeconds * 1000 ? 500 : 200;

/** Of another architecture than the function's. */
const cannotRun = (requestId: string): RuntimeError =>
  new RuntimeError('Runtime.InvalidEntrypoint', `RequestId: ${requestId} Error: fork/exec /entrypoint: exec format error`);

const exits = (requestId: string, code: number): RuntimeError =>
  new RuntimeError('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: exit status ${code}`);
