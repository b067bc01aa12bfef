import {
  ECRClient,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutRegistryScanningConfigurationCommand,
} from '@aws-sdk/client-ecr';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { COMMIT } from './pipeline.ts';
import { startPromoting } from './promoting.ts';

type Pipeline = Awaited<ReturnType<typeof startPromoting>>;

const TO_PROD = { from: { environment: 'preprod', repository: 'preprod' }, to: { environment: 'prod', repository: 'prod' } };

const ask = (pipeline: Pipeline, image: string, more: object = {}) =>
  pipeline.put('PromotionRequested', { image, to: 'prod', ...more });

const evidence = (pipeline: Pipeline, image: string, passed: boolean, more: object = {}) =>
  pipeline.put('EvidenceRecorded', { image, kind: 'tests', tool: 'vitest', passed, ...more });

const reasonOf = async (pipeline: Pipeline, most = 300) => (await pipeline.promoted(most)).detail.reason;

describe('a push', () => {
  it('of a commit deploys the service of its repository (on-push)', async () => {
    const pipeline = await startPromoting({ up: TO_PROD });
    await pipeline.retag('preprod', 'better', '1234567');
    const { type, detail } = await pipeline.verdict();
    expect([type, detail.service, detail['verified']]).toEqual(['DeploymentSucceeded', 'adit-service-preprod', true]);
    expect(await pipeline.runningDigest('adit-preprod', 'adit-service-preprod')).toBe(detail['digest']);
  });

  it('of another tag deploys nothing', async () => {
    const pipeline = await startPromoting({ up: TO_PROD });
    await pipeline.retag('preprod', 'better', 'feature-x');
    await pipeline.pass(120);
    expect(pipeline.told).toEqual([]);
  });

  it('of our own, by a promotion, deploys nothing where pushes do (on-push); one of the same tag by somebody else does', async () => {
    const pipeline = await startPromoting({ up: { ...TO_PROD, also: ['channel'] } }, {}, (source) => {
      const { prod } = source['environments'] as Record<string, { services: Record<string, Record<string, unknown>> }>;
      Object.assign(prod?.services['adit-service-prod'] ?? {}, { deploy: 'on-push' });
    });
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect(await pipeline.promoted()).toMatchObject({ type: 'PromotionCompleted', detail: { tags: ['v1', 'channel'] } });
    await pipeline.pass(120);
    expect(pipeline.told.filter(({ detail }) => detail.deployment !== undefined)).toEqual([]);
    await pipeline.retag('prod', 'good', 'channel');
    expect(await pipeline.verdict()).toMatchObject({ type: 'DeploymentSucceeded', detail: { service: 'adit-service-prod' } });
  });

  it('and a request for it, where the team copies itself (promotion: external), are one deployment', async () => {
    const pipeline = await startPromoting({}, {}, (source) => {
      const { prod } = source['environments'] as Record<string, Record<string, Record<string, Record<string, unknown>>>>;
      const service = prod?.['services']?.['adit-service-prod'];
      delete service?.['deploy'];
      if (prod !== undefined) prod['promotion'] = 'external' as never;
    });
    await pipeline.retag('prod', 'better', 'v1.2.3');
    await pipeline.deploy('prod', 'prod:v1.2.3', 'adit-service-prod');
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
    await pipeline.pass(300);
    expect(pipeline.told.filter(({ detail }) => detail['terminal'] === true)).toHaveLength(1);
    await ask(pipeline, 'preprod:better');
    expect(await reasonOf(pipeline)).toMatchObject({ code: 'promotion-external' });
  });
});

describe('a version that is pushed (S1.2)', () => {
  it('is promoted when it is verified, and deployed there: the same digest, every platform', async () => {
    const pipeline = await startPromoting({ up: { ...TO_PROD, tags: 'v*', gates: { verified: true } } });
    await pipeline.retag('preprod', 'better', COMMIT.slice(0, 8));
    const first = await pipeline.verdict();
    await pipeline.retag('preprod', 'better', 'v1.2.3');
    const { digest } = first.detail;
    expect(await pipeline.promoted()).toMatchObject({
      type: 'PromotionCompleted',
      detail: { tag: 'v1.2.3', tags: ['v1.2.3'], digest, toDigest: digest, rule: 'up' },
    });
    const second = await pipeline.verdict();
    expect(second).toMatchObject({
      type: 'DeploymentSucceeded',
      detail: { service: 'adit-service-prod', digest, verified: true, asked: { version: 'v1.2.3' } },
    });
    expect(await pipeline.digestOf('prod', 'v1.2.3')).toBe(digest);
    const types = pipeline.told.flatMap(({ type, detail }) => (detail['promotion'] === undefined ? [] : [type]));
    expect(types).toEqual(['PromotionStarted', 'PromotionCompleted']);
  });

  it('waits for its verification below, and fails when that does not come in time (S5.3)', async () => {
    const pipeline = await startPromoting({ up: { ...TO_PROD, tags: 'v*', gates: { verified: true }, waitSeconds: 120 } });
    await pipeline.retag('preprod', 'better', 'v2.0.0');
    await pipeline.pass(60);
    await pipeline.retag('preprod', 'better', 'abcdef1');
    expect((await pipeline.promoted()).type).toBe('PromotionCompleted');
    await pipeline.retag('preprod', 'late', 'v2.0.1');
    expect(await reasonOf(pipeline)).toMatchObject({
      code: 'not-verified',
      message: expect.stringMatching(
        /^.*preprod@sha256:.* is not verified in preprod by adit-service-preprod; deploy it there first/,
      ),
    });
    await expect(pipeline.digestOf('prod', 'v2.0.1')).rejects.toThrow('v2.0.1');
  });
});

describe('evidence (S3.1)', () => {
  const GATED = { up: { ...TO_PROD, gates: { evidence: ['tests'] }, waitSeconds: 600 } };

  it('that comes later lets the image through, for its digest alone', async () => {
    const pipeline = await startPromoting(GATED);
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    await pipeline.pass(5);
    await evidence(pipeline, 'preprod:good', true);
    await pipeline.pass(60);
    expect(pipeline.told).toEqual([]);
    await evidence(pipeline, 'preprod:better', true, { url: 'https://ci.example.com/7' });
    await pipeline.pass(3);
    expect(pipeline.told[0]).toMatchObject({
      type: 'PromotionStarted',
      detail: { gates: expect.arrayContaining(['tests passed by vitest (https://ci.example.com/7)']) },
    });
  });

  it('against the image ends it, until newer evidence says otherwise', async () => {
    const pipeline = await startPromoting(GATED);
    await evidence(pipeline, 'preprod:better', false);
    await pipeline.pass(5);
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect(await reasonOf(pipeline)).toMatchObject({ code: 'evidence-failed', message: expect.stringContaining('vitest says') });
    await evidence(pipeline, 'preprod:better', true);
    await pipeline.pass(5);
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect((await pipeline.promoted()).type).toBe('PromotionCompleted');
  });

  it('that does not come in time ends it', async () => {
    const pipeline = await startPromoting(GATED);
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect(await reasonOf(pipeline, 700)).toMatchObject({ code: 'evidence-missing' });
  });

  it('of an image that nobody promotes is put aside, with the reason', async () => {
    const pipeline = await startPromoting(GATED);
    await evidence(pipeline, 'elsewhere.example.com/a:b', true);
    await pipeline.pass(5);
    expect(pipeline.log.join('\n')).toContain('cannot keep evidence for \\"elsewhere.example.com/a:b\\"');
  });
});

describe('a scan (S5.5)', () => {
  const GATED = { up: { ...TO_PROD, gates: { scan: 'HIGH' }, waitSeconds: 60 } };
  const push = (pipeline: Pipeline, tag: string, findings?: string, platforms?: string[]) =>
    pipeline.push('preprod', {
      tags: [tag],
      ...(findings === undefined ? {} : { labels: { 'switchyard.local.findings': findings } }),
      ...(platforms === undefined ? {} : { platforms }),
    });

  it.each(['BASIC', 'ENHANCED'] as const)('by %s scanning stops what it finds bad, and lets the rest go on', async (scanType) => {
    const pipeline = await startPromoting(GATED);
    const ecr = new ECRClient(pipeline.access);
    if (scanType === 'ENHANCED') await ecr.send(new PutRegistryScanningConfigurationCommand({ scanType }));
    else {
      const imageScanningConfiguration = { scanOnPush: true };
      await ecr.send(new PutImageScanningConfigurationCommand({ repositoryName: 'preprod', imageScanningConfiguration }));
    }
    await push(pipeline, 'clean', 'MEDIUM=7,LOW=30', ['linux/amd64', 'linux/arm64']);
    await ask(pipeline, 'preprod:clean');
    expect((await pipeline.promoted()).type).toBe('PromotionCompleted');
    await push(pipeline, 'bad', 'CRITICAL=1,HIGH=2');
    await ask(pipeline, 'preprod:bad');
    expect(await reasonOf(pipeline)).toMatchObject({
      code: 'scan-findings',
      message: expect.stringMatching(/found 1 CRITICAL, 2 HIGH, and nothing of HIGH or worse is allowed/),
    });
  });

  it('that nobody makes is waited for, and then it ends', async () => {
    const pipeline = await startPromoting(GATED);
    await ask(pipeline, 'preprod:good', { tag: 'v1' });
    expect(await reasonOf(pipeline)).toMatchObject({
      code: 'scan-missing',
      message: expect.stringContaining('turn scanning on'),
    });
  });
});

describe('a signature', () => {
  // Cosign, "Bundle" (OCI 1.1); Notary Project, "OCI signatures": the artifact type says what is attached.
  it.each([
    ['notation', 'application/vnd.cncf.notary.signature', 'PromotionCompleted'],
    ['cosign', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'PromotionCompleted'],
    ['nobody: a list of parts', 'application/spdx+json', 'PromotionFailed'],
  ])('by %s that is attached is looked for among the referrers', async (_, artifactType, end) => {
    const pipeline = await startPromoting({ up: { ...TO_PROD, gates: { signature: true }, waitSeconds: 60 } });
    await pipeline.attach('preprod', 'better', artifactType);
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect((await pipeline.promoted()).type).toBe(end);
  });

  it('is looked for', async () => {
    const pipeline = await startPromoting({ up: { ...TO_PROD, gates: { signature: true }, waitSeconds: 60 } });
    await ask(pipeline, 'preprod:good', { tag: 'v1' });
    expect(await reasonOf(pipeline)).toMatchObject({ code: 'not-signed' });
    const digest = (await pipeline.digestOf('preprod', 'better')) ?? '';
    await pipeline.retag('preprod', 'good', `${digest.replace(':', '-')}.sig`);
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect((await pipeline.promoted()).type).toBe('PromotionCompleted');
  });
});

describe('a tag at the destination', () => {
  it('that is another image stays, unless the promotion overwrites', async () => {
    const pipeline = await startPromoting({ up: TO_PROD });
    await ask(pipeline, 'preprod:better', { tag: 'good' });
    expect(await reasonOf(pipeline)).toMatchObject({
      code: 'tag-taken',
      message: expect.stringContaining('prod:good is sha256:'),
    });
    const moving = await startPromoting({ up: { ...TO_PROD, overwrite: true } });
    await ask(moving, 'preprod:better', { tag: 'good' });
    expect((await moving.promoted()).type).toBe('PromotionCompleted');
    expect(await moving.digestOf('prod', 'good')).toBe(await moving.digestOf('preprod', 'better'));
  });

  it('that is asked for twice at once goes to one of them', async () => {
    const pipeline = await startPromoting({ up: TO_PROD });
    await Promise.all([ask(pipeline, 'preprod:better', { tag: 'v1' }), ask(pipeline, 'preprod:late', { tag: 'v1' })]);
    const ends = [await pipeline.promoted(), await pipeline.promoted()];
    expect(ends.map(({ type }) => type).sort()).toEqual(['PromotionCompleted', 'PromotionFailed']);
    const winner = ends.find(({ type }) => type === 'PromotionCompleted');
    expect(await pipeline.digestOf('prod', 'v1')).toBe(winner?.detail['digest']);
  });

  it('is the next patch, which no two promotions share, and channels follow the one that was asked for last', async () => {
    const pipeline = await startPromoting({ up: { ...TO_PROD, version: 'next-patch', also: ['latest', 'sha'] } });
    await pipeline.retag('prod', 'good', 'v1.4.9');
    await pipeline.retag('prod', 'good', 'v1.10.0-rc.1');
    const commit = COMMIT.slice(0, 10);
    await ask(pipeline, 'preprod:better', { commit });
    await pipeline.clock.advance(1000);
    await ask(pipeline, 'preprod:late', { commit: '7777777' });
    const ends = [await pipeline.promoted(), await pipeline.promoted()];
    expect(ends.map(({ detail }) => detail['tag']).sort()).toEqual(['v1.4.10', 'v1.4.11']);
    expect(await pipeline.digestOf('prod', 'latest')).toBe(await pipeline.digestOf('preprod', 'late'));
    expect(await pipeline.digestOf('prod', `sha-${commit.slice(0, 7)}`)).toBe(await pipeline.digestOf('preprod', 'better'));
  });

  it('of an immutable repository does not move, and that is an answer', async () => {
    const pipeline = await startPromoting({ up: { ...TO_PROD, overwrite: true, also: ['slow'] } });
    const ecr = new ECRClient(pipeline.access);
    await ecr.send(new PutImageTagMutabilityCommand({ repositoryName: 'prod', imageTagMutability: 'IMMUTABLE' }));
    await ask(pipeline, 'preprod:better', { tag: 'good' });
    expect(await reasonOf(pipeline)).toMatchObject({ code: 'tag-immutable' });
    await ask(pipeline, 'preprod:better', { tag: 'v9' });
    expect(await pipeline.promoted()).toMatchObject({ type: 'PromotionCompleted', detail: { tags: ['v9'], kept: ['slow'] } });
  });
});

describe('a request to promote', () => {
  it.each([
    [
      'to an environment that nothing is promoted to',
      { to: 'prdo' },
      'unknown-promotion',
      'the catalogue promotes nothing to "prdo"; it does to: prod',
    ],
    ['of an image of another repository', { image: 'dev:good' }, 'unknown-promotion', 'no promotion to prod takes "dev:good"'],
    ['of a tag that is not there', { image: 'preprod:nowhere' }, 'image-not-found', 'has no image nowhere; push it'],
    ['with a name that is none', { image: 'Preprod:x' }, 'unknown-promotion', 'no promotion to prod takes "Preprod:x"'],
    ['with a word that is not known', { image: 'preprod:good', force: true }, 'invalid-request', 'force'],
    ['by digest alone', { image: `preprod@sha256:${'0'.repeat(64)}` }, 'image-not-found', 'push it'],
  ])('%s is answered', async (_, more, code, message) => {
    const pipeline = await startPromoting({ up: TO_PROD });
    await ask(pipeline, 'preprod:good', more);
    expect(await reasonOf(pipeline)).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('is one promotion however often it is asked; with other content it is refused', async () => {
    const pipeline = await startPromoting({ up: TO_PROD });
    for (let time = 0; time < 3; time += 1) await ask(pipeline, 'preprod:better', { tag: 'v1', requestId: 'r1' });
    expect((await pipeline.promoted()).type).toBe('PromotionCompleted');
    await ask(pipeline, 'preprod:late', { tag: 'v1', requestId: 'r1' });
    expect(await reasonOf(pipeline)).toMatchObject({ code: 'request-id-reused' });
    await pipeline.pass(120);
    expect(pipeline.told.filter(({ type }) => type.startsWith('Promotion'))).toHaveLength(3);
  });

  it('of an image whose name says its digest alone needs a tag', async () => {
    const pipeline = await startPromoting({ up: TO_PROD });
    const digest = await pipeline.digestOf('preprod', 'better');
    await ask(pipeline, `preprod@${digest}`);
    expect(await reasonOf(pipeline)).toMatchObject({ code: 'version-unknown' });
    await ask(pipeline, `preprod@${digest}`, { tag: 'v3' });
    expect(await pipeline.promoted()).toMatchObject({ type: 'PromotionCompleted', detail: { digest, toDigest: digest } });
  });
});

describe('a registry that is in trouble', () => {
  it.each([
    ['PUT manifests', 429],
    ['PUT manifests', 503],
    ['GET blobs', 500],
    ['POST blobs/uploads', 429],
  ] as const)('and answers %s with %i for a while is asked again, and the promotion ends well', async (action, status) => {
    const pipeline = await startPromoting({ up: TO_PROD });
    let left = 6;
    pipeline.faults.call = ({ action: called }) => {
      if (called !== `registry:${action}` || left === 0) return undefined;
      left -= 1;
      return Promise.resolve({ status, headers: {}, body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"slowly"}]}' });
    };
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect(await pipeline.promoted(900)).toMatchObject({ type: 'PromotionCompleted' });
    expect(left).toBe(0);
  });

  it('for good ends it at its deadline, and no tag is left behind', async () => {
    const pipeline = await startPromoting({ up: { ...TO_PROD, copySeconds: 120 } });
    pipeline.faults.call = ({ action }) =>
      action === 'registry:POST blobs/uploads' ? Promise.resolve({ status: 503, headers: {}, body: '' }) : undefined;
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect(await reasonOf(pipeline, 2000)).toMatchObject({
      code: 'copy-deadline',
      message: expect.stringContaining('POST /v2/prod/blobs/uploads/'),
    });
    await expect(pipeline.digestOf('prod', 'v1')).rejects.toThrow('v1');
    await pipeline.deploy('prod', 'prod:good', 'adit-service-prod');
    expect((await pipeline.verdict()).type, 'the environment goes on').toBe('DeploymentSucceeded');
  });
});

describe('another role (AssumeRole)', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/publisher';
  const AS_ROLE = { up: { ...TO_PROD, to: { ...TO_PROD.to, role: ROLE } } };
  const createRole = async (pipeline: Pipeline, trusted: string) => {
    const iam = new IAMClient(pipeline.access);
    const statement = (more: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
    const AssumeRolePolicyDocument = statement({ Principal: { AWS: trusted }, Action: 'sts:AssumeRole' });
    await iam.send(new CreateRoleCommand({ RoleName: 'publisher', AssumeRolePolicyDocument }));
    const PolicyDocument = statement({ Action: 'ecr:*', Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'publisher', PolicyName: 'push', PolicyDocument }));
  };

  it('is taken on to push, where its trust lets the function', async () => {
    const pipeline = await startPromoting(AS_ROLE);
    await createRole(pipeline, 'arn:aws:iam::123456789012:root');
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect((await pipeline.promoted()).type).toBe('PromotionCompleted');
    const pushed = pipeline.trail.filter(({ action }) => action === 'ecr:PutImage').at(-1);
    expect(pushed?.principal).toBe('arn:aws:sts::123456789012:assumed-role/publisher/switchyard-promote');
  });

  it('that does not trust it is an answer', async () => {
    const pipeline = await startPromoting(AS_ROLE);
    pipeline.expected.refusals = true;
    await createRole(pipeline, 'arn:aws:iam::123456789012:user/somebody');
    await ask(pipeline, 'preprod:better', { tag: 'v1' });
    expect(await reasonOf(pipeline)).toMatchObject({
      code: 'registry-denied',
      message: expect.stringMatching(/cannot take on .*role\/publisher: .*let its trust policy admit/),
    });
  });
});
