import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, it } from 'vitest';
import { fetchIn } from '../../in-process/fetch.ts';
import { testCloud } from '../cloud/cloud-builder.ts';
import { artifactManifest, pushArtifact } from '../registry/artifacts.ts';
import { sha256 } from '../registry/images.ts';

const repositoryName = 'functions';
const BYTES = Buffer.from('a zip, as far as a registry cares');

const pushed = async () => {
  const cloud = await testCloud();
  const access = { ...cloud.access(), endpoint: 'http://cloud.test' };
  const ecr = new ECRClient(access);
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  const digest = await pushArtifact({ handle: cloud.handle, access }, repositoryName, 'v1', [{ bytes: BYTES }]);
  const fetch = fetchIn({ handle: cloud.handle, others: cloud.fetch });
  const address = async (layerDigest = sha256(BYTES)) => {
    const { downloadUrl = '' } = await ecr.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }));
    return downloadUrl;
  };
  return { ...cloud, ecr, digest, fetch, address };
};

describe('a layer', () => {
  // API reference, GetDownloadUrlForLayer
  it('is downloaded from the address that ECR answers, by whoever has it', async () => {
    const { address, fetch } = await pushed();
    const answer = await fetch(await address());
    expect([answer.status, sha256(Buffer.from(await answer.arrayBuffer()))]).toEqual([200, sha256(BYTES)]);
  });

  it('is not downloaded from an address that was changed, or is over', async () => {
    const { address, fetch, clock } = await pushed();
    const url = await address();
    const changed = await fetch(url.replace(sha256(BYTES).slice(7), sha256(Buffer.from('{}')).slice(7)));
    expect([changed.status, await changed.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
    await clock.advance(3_601_000);
    const late = await fetch(url);
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  it.each([
    ['LayersNotFoundException', 'that is not there', sha256(Buffer.from('nothing'))],
    ['LayerInaccessibleException', 'that no image names', sha256(Buffer.from('unnamed'))],
    ['InvalidParameterException', 'that is none', 'v1'],
  ])('has no address, %s, %s', async (name, _, layerDigest) => {
    const { handle, access, address } = await pushed();
    const parts = [{ bytes: BYTES }, { bytes: Buffer.from('unnamed') }];
    await pushArtifact({ handle, access: access() }, repositoryName, 'v2', parts, artifactManifest(parts.slice(0, 1)));
    await expect(address(layerDigest)).rejects.toMatchObject({ name });
  });
});

describe('an artifact', () => {
  // Amazon ECR API reference, ImageDetail: artifactMediaType
  it('is told by its type, and handed out as it was pushed', async () => {
    const { ecr, digest } = await pushed();
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }));
    expect(imageDetails).toMatchObject([
      {
        imageDigest: digest,
        imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactMediaType: 'application/vnd.unknown.artifact.v1',
        imageSizeInBytes: BYTES.length,
      },
    ]);
    const { images: [image] = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }));
    expect(JSON.parse(image?.imageManifest ?? '')).toEqual(artifactManifest([{ bytes: BYTES }]));
  });
});
