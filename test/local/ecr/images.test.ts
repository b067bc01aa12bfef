import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import imageFile from '../../../local/images.json' with { type: 'json' };
import { ecrWith } from './registry.ts';

const ecr = async () => {
  const { call, told } = await ecrWith(imageFile);
  return Object.assign(call, { told });
};

describe('ECR', () => {
  it('tells an image by tag and by digest, the same', async () => {
    const call = await ecr();
    const {
      imageDetails: [byTag],
    } = await call('DescribeImages', { repositoryName: 'preprod', imageIds: [{ imageTag: 'develop' }] });
    expect(byTag.imageTags).toEqual(['4f9c2d1e8b7a6053c4d5e6f708192a3b4c5d6e7f', 'develop']);
    const {
      imageDetails: [byDigest],
    } = await call('DescribeImages', { repositoryName: 'preprod', imageIds: [{ imageDigest: byTag.imageDigest }] });
    expect(byDigest).toEqual(byTag);
  });

  it('hands out manifests whose digest is their SHA-256, and the platforms of an index', async () => {
    const call = await ecr();
    const {
      images: [index],
    } = await call('BatchGetImage', { repositoryName: 'preprod', imageIds: [{ imageTag: 'better' }] });
    expect(index.imageId.imageDigest).toBe(`sha256:${createHash('sha256').update(index.imageManifest).digest('hex')}`);
    const { manifests } = JSON.parse(index.imageManifest);
    expect(manifests.map(({ platform }: { platform: { architecture: string } }) => platform.architecture)).toEqual([
      'amd64',
      'arm64',
    ]);
    const { images, failures } = await call('BatchGetImage', {
      repositoryName: 'preprod',
      imageIds: manifests.map(({ digest }: { digest: string }) => ({ imageDigest: digest })),
    });
    expect([images.length, failures.length]).toEqual([2, 0]);
  });

  it('pages', async () => {
    const call = await ecr();
    const first = await call('ListImages', { repositoryName: 'prod', maxResults: 4, filter: { tagStatus: 'TAGGED' } });
    const second = await call('ListImages', {
      repositoryName: 'prod',
      maxResults: 100,
      nextToken: first.nextToken,
      filter: { tagStatus: 'TAGGED' },
    });
    expect([first.imageIds.length, second.imageIds.length, second.nextToken]).toEqual([4, 5, undefined]);
  });

  it.each([
    [
      'DescribeImages',
      { repositoryName: 'nowhere' },
      'RepositoryNotFoundException',
      "The repository with name 'nowhere' does not exist in the registry with id '123456789012'",
    ],
    [
      'DescribeImages',
      { repositoryName: 'prod', imageIds: [{ imageTag: 'v9' }] },
      'ImageNotFoundException',
      "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository with name 'prod' in the registry with id '123456789012'",
    ],
    [
      'ListImages',
      { repositoryName: 'prod', color: 1 },
      'InvalidParameterException',
      'the local cloud does not know the parameter "color" of ListImages.',
    ],
  ])('%s %j is refused: %s', async (name, input, code, message) => {
    const call = await ecr();
    await expect(call(name, input)).rejects.toMatchObject({ code, message });
  });

  it('tells what it could not get of a batch', async () => {
    const call = await ecr();
    const { failures } = await call('BatchGetImage', {
      repositoryName: 'prod',
      imageIds: [{ imageTag: 'v9' }, { imageDigest: 'sha256:1' }, {}],
    });
    expect(failures.map(({ failureCode }: { failureCode: string }) => failureCode)).toEqual([
      'ImageNotFound',
      'InvalidImageDigest',
      'MissingDigestAndTag',
    ]);
  });
});

describe('a file of images', () => {
  it.each([
    ['a tag twice', { r: [{ tags: ['a'] }, { tags: ['a'] }] }, /"r" has the tag "a" twice/],
    ['no tags', { r: [{ tags: [] }] }, /without tags/],
    [
      'an unknown label',
      { r: [{ tags: ['a'], labels: { 'switchyard.local.speed': '1' } }] },
      /r:a: label switchyard\.local\.speed is not known/,
    ],
    [
      'a label that makes no sense',
      { r: [{ tags: ['a'], labels: { 'switchyard.local.health': 'fine' } }] },
      /"fine", and has to be one of/,
    ],
  ])('with %s is refused, naming the entry', async (_, file, message) => {
    await expect(ecrWith(file)).rejects.toThrow(message);
  });
});

describe('a tag that is put on another image', () => {
  const REPOSITORY = { repositoryName: 'preprod' };
  const manifestOf = async (call: Awaited<ReturnType<typeof ecr>>, imageTag: string) =>
    (await call('BatchGetImage', { ...REPOSITORY, imageIds: [{ imageTag }] })).images[0];

  it('names that one alone from then on, and the push is told as ECR tells it', async () => {
    const call = await ecr();
    const good = await manifestOf(call, 'good');
    const late = await manifestOf(call, 'late');
    const { image } = await call('PutImage', { ...REPOSITORY, imageManifest: late.imageManifest, imageTag: 'good' });
    expect(image.imageId).toEqual({ imageDigest: late.imageId.imageDigest, imageTag: 'good' });
    expect((await manifestOf(call, 'good')).imageId.imageDigest).toBe(late.imageId.imageDigest);
    expect((await manifestOf(call, 'late')).imageId.imageDigest).toBe(late.imageId.imageDigest);
    const { imageDetails } = await call('DescribeImages', {
      ...REPOSITORY,
      imageIds: [{ imageDigest: good.imageId.imageDigest }],
    });
    expect(imageDetails[0].imageTags ?? []).not.toContain('good');
    // Sample: AWS, Amazon ECR User Guide, "Amazon ECR events and EventBridge"
    expect(call.told).toMatchObject([
      {
        source: 'aws.ecr',
        detailType: 'ECR Image Action',
        resources: [],
        detail: {
          result: 'SUCCESS',
          'repository-name': 'preprod',
          'image-digest': late.imageId.imageDigest,
          'action-type': 'PUSH',
          'image-tag': 'good',
        },
      },
    ]);
  });

  it.each([
    [
      'ImageAlreadyExistsException',
      async (call: Awaited<ReturnType<typeof ecr>>) => ({
        imageManifest: (await manifestOf(call, 'good')).imageManifest,
        imageTag: 'good',
      }),
    ],
    [
      'ImageDigestDoesNotMatchException',
      async (call: Awaited<ReturnType<typeof ecr>>) => ({
        imageManifest: (await manifestOf(call, 'good')).imageManifest,
        imageTag: 'new',
        imageDigest: `sha256:${'0'.repeat(64)}`,
      }),
    ],
    [
      'LayersNotFoundException',
      async () => ({
        imageManifest: JSON.stringify({ schemaVersion: 2, config: { digest: `sha256:${'0'.repeat(64)}` }, layers: [] }),
        imageTag: 'new',
      }),
    ],
    ['InvalidParameterException', async () => ({ imageManifest: '{"schemaVersion":2}', imageTag: 'new' })],
  ])('is refused with %s', async (code, inputOf) => {
    const call = await ecr();
    await expect(call('PutImage', { ...REPOSITORY, ...(await inputOf(call)) })).rejects.toMatchObject({ code });
    expect(call.told).toEqual([]);
  });
});
