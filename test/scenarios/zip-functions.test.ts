import { BatchGetImageCommand, CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { GetAliasCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { zipOf } from '../../local/lambda/write-zip.ts';
import { readCatalogue } from '../../shared/catalogue/load.ts';
import { leastSeconds } from '../../shared/targets/plans.ts';
import { type Part, pushArtifact } from '../local/registry/artifacts.ts';
import { sha256 } from '../local/registry/images.ts';
import { type PipelineOptions, startPipeline } from './pipeline.ts';
import { catalogueWith } from './promoting.ts';

const NAME = 'adit-service-prod';
const FunctionName = 'adit';
const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const FUNCTIONS = `${REGISTRY}/functions`;

const answers = (body: string): Buffer => zipOf('index.mjs', `export const handler = async () => (${body});\n`);

/** What CI builds. */
const ARCHIVES: Readonly<Record<string, Buffer>> = {
  good: answers("{ statusCode: 200, body: 'good' }"),
  better: answers("{ statusCode: 200, body: 'better' }"),
  unhealthy: answers("{ statusCode: 500, body: 'no database' }"),
  crashing: zipOf('index.mjs', "export const handler = async () => {\n  throw new Error('not configured');\n};\n"),
  broken: zipOf('index.mjs', "import 'a-package-that-was-forgotten';\n"),
};

interface Changes {
  readonly target?: Readonly<Record<string, unknown>>;
  readonly service?: Readonly<Record<string, unknown>>;
  readonly promotions?: object;
}

const catalogueOf = ({ target = { alias: 'live' }, service, promotions }: Changes): string =>
  catalogueWith((source) => {
    delete source['promotions'];
    if (promotions !== undefined) source['promotions'] = promotions;
    const { prod } = source['environments'] as { prod: { services: Record<string, Record<string, unknown>> } };
    prod.services[NAME] = {
      ...prod.services[NAME],
      deploy: 'on-request',
      target: { kind: 'lambda', function: FunctionName, zip: { repository: FUNCTIONS }, ...target },
      ...service,
    };
  });

/** The project's service in prod as a function of a zip archive, with the alias `live` unless told otherwise; artifacts are pushed as by ORAS. */
const startZips = async (changes: Changes = {}, options: PipelineOptions = {}) => {
  const pipeline = await startPipeline({ ...options, catalogue: catalogueOf(changes), services: [NAME] });
  const lambda = new LambdaClient(pipeline.access);
  const ecr = new ECRClient(pipeline.access);
  for (const repositoryName of ['functions', 'functions-built']) await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  const pushZip = (tag: string, parts: readonly Part[], repository = 'functions') =>
    pushArtifact({ handle: pipeline.handle, access: pipeline.access }, repository, tag, parts);
  const digests = new Map<string, string>();
  for (const [tag, bytes] of Object.entries(ARCHIVES)) digests.set(tag, await pushZip(tag, [{ bytes }]));
  const deploy = (tag: string) => pipeline.deploy('prod', `functions:${tag}`, NAME);
  /** Of the archive that serves: of the alias, or of the function itself. */
  const runs = async (Qualifier = '$LATEST') => {
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
    return `sha256:${Buffer.from(Configuration?.CodeSha256 ?? '', 'base64').toString('hex')}`;
  };
  const earn = async () => {
    await deploy('good');
    const first = await pipeline.verdict(3600);
    if (first.type !== 'DeploymentSucceeded') throw new Error(`the first deployment ended as ${first.type}`);
  };
  return { ...pipeline, lambda, ecr, pushZip, digests, deploy, runs, earn };
};

const archiveOf = (tag: string): string => sha256(ARCHIVES[tag] ?? Buffer.from(''));

/** Each call of two deployments, one pipeline for each. */
const SLOW = 900_000;

const STEPS = [
  { percent: 10, minutes: 5 },
  { percent: 50, minutes: 5 },
];

const HEALTH = { health: { attempts: 2, url: '${env:ADIT_SERVICE_PROD_URL}/' } };

// S4.2, S4.3, S4.4
describe.each([
  ['at once', { alias: 'live' }, 'live'],
  ['by steps', { alias: 'live', steps: STEPS }, 'live'],
  ['without an alias', {}, undefined],
])('a deployment of a zip archive, %s,', (_, target, qualifier) => {
  it('that is good is verified, and tells the version that serves, and the artifact', async () => {
    const pipeline = await startZips({ target, service: HEALTH });
    await pipeline.deploy('good');
    const { type, detail } = await pipeline.verdict(1800);
    const digest = pipeline.digests.get('good');
    expect([type, detail['digest']]).toEqual(['DeploymentSucceeded', digest]);
    expect(await pipeline.runs(qualifier)).toBe(archiveOf('good'));
    const { Configuration } = await pipeline.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: qualifier ?? '2' }));
    expect(detail).toMatchObject({ running: { id: Configuration?.FunctionArn, image: `${FUNCTIONS}@${digest}` } });
    expect(Configuration?.Description).toBe(`switchyard ${detail.deployment} ${digest}`);
    await pipeline.deploy('good');
    expect((await pipeline.verdict(900)).detail.reason).toMatchObject({ code: 'runs-already' });
  });

  // what ran before was put there by others, and of an artifact nobody knows
  it.each(['unhealthy', 'crashing', 'broken'])('that is %s goes back, and what served before serves', async (tag) => {
    const pipeline = await startZips({ target, service: HEALTH });
    const before = await pipeline.runs(qualifier);
    await pipeline.deploy(tag);
    const { type, detail } = await pipeline.verdict(3600);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason).toMatchObject({ code: 'health-check' });
    expect(await pipeline.runs(qualifier)).toBe(before);
  });

  it('that is unhealthy goes back to the verified version', async () => {
    const pipeline = await startZips({ target, service: HEALTH });
    await pipeline.earn();
    await pipeline.deploy('unhealthy');
    expect((await pipeline.verdict(3600)).type).toBe('DeploymentRolledBack');
    expect(await pipeline.runs(qualifier)).toBe(archiveOf('good'));
  });

  it('goes back to the verified version when a person asks for it', async () => {
    const pipeline = await startZips({ target });
    await pipeline.earn();
    await pipeline.deploy('better');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
    await pipeline.put('RollbackRequested', { environment: 'prod', service: NAME, reason: 'not what we wanted' });
    expect((await pipeline.verdict(900)).type).toBe('RollbackSucceeded');
    expect(await pipeline.runs(qualifier)).toBe(archiveOf('good'));
  });

  it('goes back at an alarm during the bake', async () => {
    const pipeline = await startZips({ target, service: { alarms: ['errors'], bakeSeconds: 600 } });
    await pipeline.earn();
    await pipeline.deploy('better');
    await pipeline.bakes('functions:better', 1800);
    await pipeline.setAlarm('errors', 'ALARM');
    await pipeline.until(({ type }) => type === 'DeploymentRolledBack', 900);
    expect(await pipeline.runs(qualifier)).toBe(archiveOf('good'));
  });
});

describe('an artifact that a function cannot be made of', () => {
  const two = [{ bytes: ARCHIVES['good'] ?? Buffer.from('') }, { bytes: ARCHIVES['better'] ?? Buffer.from('') }];
  const image = [{ bytes: Buffer.from('a layer'), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }];

  it.each([
    ['artifact-not-zip', image],
    ['artifact-several-files', two],
  ])('is refused (%s), and the function is not touched', async (code, parts) => {
    const pipeline = await startZips();
    await pipeline.pushZip('bad', parts);
    await pipeline.deploy('bad');
    const { type, detail } = await pipeline.verdict(900);
    expect([type, detail.reason?.code, detail['changed']]).toEqual(['DeploymentFailed', code, false]);
    expect(pipeline.calls.filter((call) => /^lambda:(Update|Publish)/.test(call))).toEqual([]);
  });

  it('is an image for the function of an archive, and an archive for the function of an image', async () => {
    const zips = await startZips();
    await zips.pushZip('image', image);
    await zips.put('DeployRequested', { environment: 'prod', image: 'prod:good', service: NAME });
    expect((await zips.verdict(900)).detail.reason).toMatchObject({ code: 'artifact-elsewhere' });
    const images = await startZips({ target: { alias: 'live', zip: undefined } });
    await images.deploy('good');
    const { detail } = await images.verdict(900);
    expect(detail.reason).toMatchObject({
      code: 'artifact-not-image',
      message: expect.stringContaining('an artifact of the type application/vnd.unknown.artifact.v1'),
    });
  });
});

describe('an archive', () => {
  it('whose download breaks off is got again, and the function updated once', async () => {
    const pipeline = await startZips();
    let broken = 0;
    pipeline.faults.call = ({ action }) => {
      if (action !== 'downloads:GET layers' || broken === 2) return undefined;
      broken += 1;
      return Promise.reject(new TypeError('terminated'));
    };
    await pipeline.deploy('good');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
    expect(broken).toBe(2);
    expect(pipeline.calls.filter((call) => call === 'lambda:UpdateFunctionCode')).toHaveLength(1);
  });

  it.each(['UpdateFunctionCode', 'PublishVersion', 'UpdateAlias', 'GetDownloadUrlForLayer'])(
    'is deployed once though the answer to %s is lost',
    async (lost) => {
      const pipeline = await startZips();
      let dead = false;
      pipeline.faults.crash = ({ action }) => {
        if (dead || !action.endsWith(`:${lost}`)) return undefined;
        dead = true;
        return 'after';
      };
      await pipeline.deploy('good');
      expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
      expect(dead).toBe(true);
      const { FunctionVersion } = await pipeline.lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
      expect(FunctionVersion).toBe('2');
    },
  );

  it.each([{ alias: 'live' }, {}])(
    'is deployed once, or gone back from, though a function dies around any of its calls (%o)',
    async (target) => {
      for (const when of ['before', 'after'] as const)
        for (let at = 1; ; at += 1) {
          const pipeline = await startZips({ target, service: HEALTH });
          let seen = 0;
          pipeline.faults.crash = ({ action }) => {
            if (!/^(lambda|ecr|downloads):/.test(action)) return undefined;
            seen += 1;
            return seen === at ? when : undefined;
          };
          await pipeline.deploy('unhealthy');
          expect((await pipeline.verdict(3600)).type, `died ${when} call ${at}`).toBe('DeploymentRolledBack');
          await pipeline.deploy('good');
          expect((await pipeline.verdict(3600)).type, `died ${when} call ${at}`).toBe('DeploymentSucceeded');
          expect(await pipeline.runs(target.alias)).toBe(archiveOf('good'));
          if (seen < at) break;
        }
    },
    SLOW,
  );

  // the unit is an artifact with a digest, so that promotion is the same as for images
  it('is promoted, by digest, to where it is deployed from', async () => {
    const up = {
      from: { environment: 'preprod', repository: 'functions-built' },
      to: { environment: 'prod', repository: 'functions' },
    };
    const pipeline = await startZips({ promotions: { up } });
    const digest = await pipeline.pushZip('v2.0.0', [{ bytes: answers("{ statusCode: 200, body: '2' }") }], 'functions-built');
    await pipeline.put('PromotionRequested', { image: 'functions-built:v2.0.0', to: 'prod' });
    await pipeline.until(({ type }) => type === 'PromotionCompleted');
    const imageIds = [{ imageTag: 'v2.0.0' }];
    const { images: [image] = [] } = await pipeline.ecr.send(new BatchGetImageCommand({ repositoryName: 'functions', imageIds }));
    expect(image?.imageId?.imageDigest).toBe(digest);
    await pipeline.deploy('v2.0.0');
    expect(await pipeline.verdict(900)).toMatchObject({ type: 'DeploymentSucceeded', detail: { digest } });
  });
});

describe('a catalogue with a mistake in "zip"', () => {
  it.each([
    [{ repository: FUNCTIONS, tag: 'v1' }, 'target.zip.tag'],
    [{ repo: FUNCTIONS }, 'target.zip.repo'],
    [{ repository: 'functions' }, 'zip.repository'],
    [{ repository: `${FUNCTIONS}:v1` }, 'zip.repository'],
    [true, 'zip'],
  ])('%j is refused with its place', (zip, words) => {
    const read = readCatalogue(catalogueOf({ target: { zip } }), leastSeconds);
    expect('problems' in read && JSON.stringify(read.problems)).toContain(words);
  });
});
