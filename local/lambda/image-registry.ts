import { repositoryArn } from '../ecr/names.ts';
import type { EcrStore } from '../ecr/store.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { need } from '../iam/needs/need.ts';
import type { Place } from '../place.ts';
import type { LocalImage } from '../ports.ts';

/** An image as a function names it. */
export interface ImageName {
  readonly from: Place;
  readonly repository: string;
  /** A tag or a `sha256:` digest. */
  readonly reference: string;
}

/** ECR, as Lambda reaches it. */
export interface ImageRegistry {
  find(name: ImageName): LocalImage | undefined;
  /** Whether the repository's policy lets Lambda pull (Developer Guide, "Amazon ECR permissions"). */
  mayPull(name: ImageName): boolean;
  /** Lambda writes what is missing into the policy, if who calls may do so; else nothing is changed. */
  admit(name: ImageName, accessKeyId: string): void;
  /** What the image's config says that it runs on, as Lambda calls it; `undefined`: it is no image that could run. */
  architecture(name: ImageName): string | undefined;
}

/** What a function's image is pulled with, and the statement's own name (Developer Guide, "Amazon ECR permissions"). */
const CALLS = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'] as const;
const SID = 'LambdaECRImageRetrievalPolicy';
const LAMBDA = 'lambda.amazonaws.com';

const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'arm64' };

const architectureIn = (config: Buffer | undefined): string | undefined => {
  if (config === undefined) return undefined;
  try {
    const { architecture = '', rootfs } = JSON.parse(config.toString('utf8'));
    return rootfs === undefined ? undefined : (ARCHITECTURES[architecture] ?? architecture);
  } catch {
    // A config that is no JSON is no image's.
    return undefined;
  }
};

interface Options {
  /** Where the functions are. */
  readonly place: Place;
  readonly authorizer: Authorizer;
  /** `undefined`: there is nothing in that place. */
  readonly registry: (place: Place) => EcrStore | undefined;
}

export const imageRegistry = ({ place, authorizer, registry }: Options): ImageRegistry => {
  const { refusal } = authorizer.permissionsIn(place);
  const mayPull = ({ from, repository }: ImageName): boolean =>
    CALLS.every((action) => refusal({ service: LAMBDA }, need(action, repositoryArn(from, repository))) === undefined);

  return {
    find: ({ from, repository, reference }) => registry(from)?.images.find(repository, reference),
    mayPull,
    admit(name, accessKeyId) {
      const { from, repository } = name;
      const found = registry(from)?.registry.repositories.get(repository);
      const may = (action: string): boolean =>
        authorizer.judge(authorizer.askerOf(accessKeyId), need(action, repositoryArn(from, repository)), from.region).allowed;
      if (found === undefined || found.policy?.includes(LAMBDA) === true) return;
      if (!may('ecr:GetRepositoryPolicy') || !may('ecr:SetRepositoryPolicy')) return;
      const before: { Statement?: unknown } = found.policy === undefined ? {} : JSON.parse(found.policy);
      const own = { Sid: SID, Effect: 'Allow', Principal: { Service: LAMBDA }, Action: CALLS };
      found.policy = JSON.stringify({ Version: '2012-10-17', ...before, Statement: [...[before.Statement ?? []].flat(), own] });
    },
    architecture(name) {
      const store = registry(name.from);
      const image = store?.images.find(name.repository, name.reference);
      if (store === undefined || image === undefined) return undefined;
      const { config }: { readonly config?: { readonly digest?: string } } = JSON.parse(image.manifest);
      return architectureIn(store.registry.blobs.get(config?.digest ?? ''));
    },
  };
};
