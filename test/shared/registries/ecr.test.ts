import { ECRClient } from '@aws-sdk/client-ecr';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/errors.ts';
import { ACCOUNT, REGION } from '../../../local/service.ts';
import { imageThere, resolveImage } from '../../../shared/registries/ecr.ts';
import { parseImageReference } from '../../../shared/registries/image-reference.ts';
import { ecrWith } from '../../local/ecr/registry.ts';
import { answeredBy } from '../checks/json-answers.ts';

const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const HERE = { account: ACCOUNT, region: REGION };
const NOBODY = `sha256:${'0'.repeat(64)}`;

const { store, answer, call } = await ecrWith({
  app: [
    { tags: ['v1', 'latest'] },
    { tags: ['multi'], platforms: ['linux/amd64', 'linux/arm64', 'unknown/unknown'] },
    { tags: ['old'] },
  ],
});
await call('UpdateImageStorageClass', { repositoryName: 'app', imageId: { imageTag: 'old' }, targetStorageClass: 'ARCHIVE' });
const { images } = store;
const digestOf = (tag: string) => images.find('app', tag)?.digest ?? '';

/** The local ECR behind the ordinary client. */
const registry = () => {
  const calls: string[] = [];
  const ecr = new ECRClient(
    answeredBy((action, input) => {
      calls.push(action);
      return answer(action, input);
    }),
  );
  return { ecr, calls };
};

const refusing = (error: AwsError) =>
  new ECRClient(
    answeredBy(() => {
      throw error;
    }),
  );

const reference = (image: string) => {
  const parsed = parseImageReference(image);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed;
};

const resolve = (image: string, ecr = registry().ecr) => resolveImage(ecr, reference(image), HERE);

describe('an image', () => {
  it('is resolved by its tag to its digest, in one call', async () => {
    const { ecr, calls } = registry();
    expect(await resolve(`${REGISTRY}/app:v1`, ecr)).toEqual({
      resolved: { repository: `${REGISTRY}/app`, digest: digestOf('v1'), platforms: [] },
    });
    expect(calls).toEqual(['DescribeImages']);
  });

  it('is the one of its digest where it has tag and digest', async () => {
    const answer = await resolve(`${REGISTRY}/app:multi@${digestOf('v1')}`);
    expect(answer).toMatchObject({ resolved: { digest: digestOf('v1') } });
  });

  it('that is an index tells the digests of its platforms, not of attestations', async () => {
    const { ecr, calls } = registry();
    const [amd64, arm64] = images.find('app', 'multi')?.platforms ?? [];
    expect(await resolve(`${REGISTRY}/app:multi`, ecr)).toMatchObject({
      resolved: { digest: digestOf('multi'), platforms: [amd64, arm64], architectures: { amd64, arm64 } },
    });
    expect(calls).toEqual(['DescribeImages', 'BatchGetImage']);
  });

  it('that is not there is refused by the name of what is missing', async () => {
    expect(await resolve(`${REGISTRY}/app:v9`)).toEqual({
      problem: {
        code: 'image-missing',
        message: `cannot deploy "${REGISTRY}/app:v9": repository "app" has no image tagged v9; push it, or promote it`,
      },
    });
    expect(await resolve(`${REGISTRY}/app@${NOBODY}`)).toMatchObject({
      problem: { code: 'image-missing', message: expect.stringContaining(`has no image ${NOBODY}`) },
    });
    expect(await resolve(`${REGISTRY}/web:v1`)).toMatchObject({
      problem: { code: 'repository-missing', message: expect.stringContaining('no repository "web"') },
    });
  });

  it('that is archived, or just being restored, is refused', async () => {
    expect(await resolve(`${REGISTRY}/app:old`)).toMatchObject({ problem: { code: 'image-archived' } });
    const activating = { imageDetails: [{ imageDigest: digestOf('old'), imageStatus: 'ACTIVATING' }] };
    const ecr = new ECRClient(answeredBy(() => activating));
    expect(await resolve(`${REGISTRY}/app:old`, ecr)).toMatchObject({
      problem: { code: 'image-archived', message: expect.stringContaining('being restored') },
    });
  });

  it('of another registry, account or region is refused by name, without asking', async () => {
    const { ecr, calls } = registry();
    expect(await resolve('ghcr.io/owner/app:v1', ecr)).toMatchObject({
      problem: { code: 'registry-unknown', message: expect.stringContaining('"ghcr.io"') },
    });
    for (const host of [`999999999999.dkr.ecr.${REGION}.amazonaws.com`, `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`]) {
      expect(await resolve(`${host}/app:v1`, ecr)).toMatchObject({ problem: { code: 'registry-elsewhere' } });
    }
    expect(calls).toEqual([]);
  });

  it('that may not be asked for is refused with what AWS says', async () => {
    const message = `User: arn:aws:sts::${ACCOUNT}:assumed-role/DeployRole/deploy is not authorized to perform: ecr:DescribeImages on resource: arn:aws:ecr:${REGION}:${ACCOUNT}:repository/app`;
    expect(await resolve(`${REGISTRY}/app:v1`, refusing(new AwsError('AccessDeniedException', message)))).toMatchObject({
      problem: { code: 'access-denied', message: expect.stringContaining('ecr:DescribeImages') },
    });
  });

  it('whose registry is too busy, or does not hand out an index, is an error that is thrown', async () => {
    const busy = refusing(new AwsError('ThrottlingException', 'Rate exceeded'));
    await expect(resolve(`${REGISTRY}/app:v1`, busy)).rejects.toThrow('Rate exceeded');
    const index = 'application/vnd.oci.image.index.v1+json';
    const withheld = new ECRClient(
      answeredBy((action) =>
        action === 'DescribeImages'
          ? { imageDetails: [{ imageDigest: NOBODY, imageManifestMediaType: index }] }
          : { images: [], failures: [{ failureCode: 'KmsError', failureReason: 'the key is disabled' }] },
      ),
    );
    await expect(resolve(`${REGISTRY}/app:v1`, withheld)).rejects.toThrow('the key is disabled');
  });
});

describe('an image that was resolved before', () => {
  const there = (digest: string, repository = `${REGISTRY}/app`) => imageThere(registry().ecr, repository, digest);

  it('is there, or it is told why not', async () => {
    expect(await there(digestOf('v1'))).toEqual({ there: true });
    expect(await there(NOBODY)).toMatchObject({ there: false, reason: { code: 'image-missing' } });
    expect(await there(digestOf('old'))).toMatchObject({ there: false, reason: { code: 'image-archived' } });
    expect(await there(digestOf('v1'), `${REGISTRY}/web`)).toMatchObject({
      there: false,
      reason: { code: 'repository-missing' },
    });
  });

  it('of which ECR tells nothing is missing', async () => {
    const silent = new ECRClient(answeredBy(() => ({ imageDetails: [] })));
    expect(await imageThere(silent, `${REGISTRY}/app`, NOBODY)).toMatchObject({
      there: false,
      reason: { code: 'image-missing' },
    });
  });
});
