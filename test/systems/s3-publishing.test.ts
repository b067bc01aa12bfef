import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { image, index, layer } from '../local/registry/images.ts';
import { virtualRegistries } from '../local/registry/virtual-registry.ts';
import { startPromoting } from '../scenarios/promoting.ts';

/** S3.1: what was tested in one registry is published to another, as a version, by its commit, and under a channel. */
const PUBLISH = {
  from: { registry: 'ghcr.io', repository: 'owner/app', credentials: '${secretsmanager:ghcr}' },
  to: { environment: 'prod', registry: 'registry.example.com', repository: 'owner/app', credentials: '${ssm:/publish/login}' },
  version: 'next-patch',
  also: ['sha', 'latest'],
  gates: { evidence: ['tests'] },
};

const LOGINS: Readonly<Record<string, string>> = {
  'ghcr.io': 'robot:pulls',
  'registry.example.com': 'robot:pushes',
};

const basicOf = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

/** Both registries hand out tokens for credentials, and take nothing but tokens (Docker's token specification). */
const registries = async () => {
  const world = virtualRegistries({ 'ghcr.io': ['owner/app'], 'registry.example.com': ['owner/app'] });
  const app = index([image([layer('a', 3000), layer('b', 1000)]).manifest, image([layer('c', 3000)], 'arm64').manifest]);
  const parts = [image([layer('a', 3000), layer('b', 1000)]), image([layer('c', 3000)], 'arm64')];
  const blobs = parts.flatMap((part) => part.blobs);
  await world.push('ghcr.io', 'owner/app', blobs, [...parts.map(({ manifest }) => manifest), app], 'sha-4f9c2d1');
  const tokens: string[] = [];
  world.control.meanwhile = ({ url, headers }) => {
    const authorization = headers.get('authorization') ?? '';
    if (url.pathname === '/token') {
      const isKnown = authorization === basicOf(LOGINS[url.host] ?? '');
      const token = `${url.host} ${url.searchParams.get('scope')}`;
      if (isKnown) tokens.push(token);
      const body = isKnown ? JSON.stringify({ token: Buffer.from(token).toString('base64url') }) : '{}';
      return Promise.resolve(new Response(body, { status: isKnown ? 200 : 401 }));
    }
    if (authorization.startsWith('Bearer ')) return undefined;
    const challenge = `Bearer realm="https://${url.host}/token",service="${url.host}"`;
    return Promise.resolve(new Response('', { status: 401, headers: { 'www-authenticate': challenge } }));
  };
  return { ...world, digest: app.digest, tokens };
};

const started = async (login = LOGINS['registry.example.com'] ?? '') => {
  const elsewhere = await registries();
  const pipeline = await startPromoting({ publish: PUBLISH }, { elsewhere });
  await new SecretsManagerClient(pipeline.access).send(
    new CreateSecretCommand({ Name: 'ghcr', SecretString: JSON.stringify({ username: 'robot', password: 'pulls' }) }),
  );
  await new SSMClient(pipeline.access).send(
    new PutParameterCommand({ Name: '/publish/login', Type: 'SecureString', Value: login }),
  );
  const published = () => elsewhere.stores.get('registry.example.com')?.repositories.get('owner/app');
  return { pipeline, elsewhere, published };
};

describe('publishing (S3.1)', () => {
  it('goes from one registry to another on evidence for the digest, as the next patch, by commit, and as latest', async () => {
    const { pipeline, elsewhere, published } = await started();
    const name = `ghcr.io/owner/app@${elsewhere.digest}`;
    await pipeline.put('EvidenceRecorded', { image: name, kind: 'tests', tool: 'playwright', passed: true });
    await pipeline.put('PromotionRequested', { image: 'ghcr.io/owner/app:sha-4f9c2d1', to: 'prod', requestId: 'publish-1' });
    expect(await pipeline.promoted()).toMatchObject({
      type: 'PromotionCompleted',
      detail: {
        tag: 'v0.0.1',
        tags: ['v0.0.1', 'sha-4f9c2d1', 'latest'],
        digest: elsewhere.digest,
        toDigest: elsewhere.digest,
        bytes: { mounted: 0, already: 0 },
      },
    });
    expect(Object.fromEntries(published()?.tags ?? [])).toEqual({
      'v0.0.1': elsewhere.digest,
      'sha-4f9c2d1': elsewhere.digest,
      latest: elsewhere.digest,
    });
    expect(published()?.manifests.size, 'the index and every platform').toBe(3);
    expect(elsewhere.tokens).toContain('registry.example.com repository:owner/app:pull,push');
    await pipeline.put('PromotionRequested', { image: 'ghcr.io/owner/app:sha-4f9c2d1', to: 'prod', requestId: 'publish-2' });
    expect(await pipeline.promoted()).toMatchObject({
      type: 'PromotionCompleted',
      detail: { tag: 'v0.0.2', bytes: { moved: 0, mounted: 0 } },
    });
  });

  it('without evidence does not happen, and the other registry is not touched', async () => {
    const { pipeline, published } = await started();
    await pipeline.put('PromotionRequested', { image: 'ghcr.io/owner/app:sha-4f9c2d1', to: 'prod' });
    expect((await pipeline.promoted(1000)).detail.reason).toMatchObject({ code: 'evidence-missing' });
    expect(published()?.manifests.size).toBe(0);
  });

  it.each([
    ['of somebody else', 'robot:wrong', 'registry-denied', 'correct the credentials'],
    ['that are none', 'nonsense', 'registry-denied', 'write user:password'],
  ])('with credentials %s says so, without telling them', async (_, login, code, message) => {
    const { pipeline, elsewhere } = await started(login);
    const name = `ghcr.io/owner/app@${elsewhere.digest}`;
    await pipeline.put('EvidenceRecorded', { image: name, kind: 'tests', tool: 'playwright', passed: true });
    await pipeline.put('PromotionRequested', { image: 'ghcr.io/owner/app:sha-4f9c2d1', to: 'prod' });
    const { reason } = (await pipeline.promoted()).detail;
    expect(reason).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(JSON.stringify([pipeline.told, pipeline.log])).not.toContain(login);
  });
});
