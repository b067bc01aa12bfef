import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayBeSentTo } from '../../scenarios/may-be-sent-to.ts';
import { schemaProblem } from '../../scenarios/schemas.ts';
import { awsCli, hasAwsCli } from '../aws-cli.ts';
import { image, index, layer, sha256, type TestBlob } from '../registry/images.ts';
import { writeLayout } from '../registry/layout.ts';
import { shows, start } from './npm-start.ts';

const SKOPEO = '/usr/bin/skopeo';

/** A layer as its media type says: skopeo packs those that are not. */
const zipped = ({ bytes: plain }: TestBlob): TestBlob => {
  const bytes = gzipSync(plain);
  return { digest: sha256(bytes), bytes };
};

describe.skipIf(!hasAwsCli)("the ordinary AWS CLI drives it (needs Debian's awscli)", () => {
  const run = start('--port', '0');
  let endpoint = '';

  const aws = awsCli(() => endpoint).json;

  const setAlarm = (state: 'OK' | 'ALARM', reason: string) => {
    const alarm = ['--alarm-name', 'adit-service-preprod-5xx'];
    return aws('cloudwatch', 'set-alarm-state', ...alarm, '--state-value', state, '--state-reason', reason);
  };

  const verdicts: { type: string; detail: Record<string, Record<string, unknown>> }[] = [];

  /** As the documentation of the project has it: only the rule may send. */
  const MAY_SEND = mayBeSentTo('verdicts');

  const verdict = async (queue: string) => {
    for (let attempt = 0; attempt < 4 && verdicts.length === 0; attempt += 1) {
      const answer = await aws(
        'sqs',
        'receive-message',
        '--queue-url',
        queue,
        '--max-number-of-messages',
        '10',
        '--wait-time-seconds',
        '20',
      );
      for (const { Body, ReceiptHandle } of answer?.Messages ?? []) {
        const event = JSON.parse(Body);
        verdicts.push({ type: event['detail-type'], detail: event.detail });
        await aws('sqs', 'delete-message', '--queue-url', queue, '--receipt-handle', ReceiptHandle);
      }
    }
    const next = verdicts.shift();
    if (next === undefined) throw new Error(`no verdict came; it shows:\n${run.output()}`);
    expect(schemaProblem(next.type, next.detail)).toBeUndefined();
    return next;
  };

  beforeAll(async () => {
    [, endpoint = ''] = await shows(run, /listens at (http:\S+)\. /, 90);
    await shows(run, /all 5 example services are deployed and verified/, 200);
  }, 300_000);

  afterAll(async () => {
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  });

  it('as S1.1 has it: subscribes to verdicts, puts the event, reads the verdict, and looks at what runs', async () => {
    const { QueueUrl } = await aws(
      'sqs',
      'create-queue',
      '--queue-name',
      'verdicts',
      '--attributes',
      JSON.stringify({ Policy: MAY_SEND }),
    );
    await aws(
      'events',
      'put-rule',
      '--name',
      'verdicts',
      '--event-bus-name',
      'switchyard',
      '--event-pattern',
      '{"detail":{"terminal":[true]}}',
    );
    await aws(
      'events',
      'put-targets',
      '--rule',
      'verdicts',
      '--event-bus-name',
      'switchyard',
      '--targets',
      'Id=q,Arn=arn:aws:sqs:eu-west-1:123456789012:verdicts',
    );
    const put = async (detail: object) => {
      const entries = [
        { EventBusName: 'switchyard', Source: 'ci', DetailType: 'DeployRequested', Detail: JSON.stringify(detail) },
      ];
      expect(await aws('events', 'put-events', '--entries', JSON.stringify(entries))).toMatchObject({ FailedEntryCount: 0 });
    };

    const request = {
      environment: 'preprod',
      image: 'preprod:4f9c2d1e8b7a6053c4d5e6f708192a3b4c5d6e7f',
      service: 'adit-service-preprod',
    };
    await put(request);
    const good = await verdict(QueueUrl);
    expect(good).toMatchObject({ type: 'DeploymentSucceeded', detail: { verified: true, asked: { image: request.image } } });
    const { services } = await aws('ecs', 'describe-services', '--cluster', 'adit-preprod', '--services', 'adit-service-preprod');
    expect(services[0]).toMatchObject({
      taskDefinition: good.detail['running']?.['id'],
      runningCount: 1,
      deployments: [{ rolloutState: 'COMPLETED' }],
    });

    await put({ ...request, image: 'preprod:crashing' });
    expect(await verdict(QueueUrl)).toMatchObject({
      type: 'DeploymentRolledBack',
      detail: { stopped: { exitCode: 1 }, running: { digest: good.detail['digest'] } },
    });

    await put({ ...request, service: 'adit-servce-preprod' });
    expect(await verdict(QueueUrl)).toMatchObject({ type: 'DeploymentRejected', detail: { known: ['adit-service-preprod'] } });

    await put({ ...request, image: 'preprod:better' });
    await shows(run, /preprod:better[\s\S]*alarms are watched for 10 s/, 60);
    await setAlarm('ALARM', 'test');
    expect(await verdict(QueueUrl)).toMatchObject({
      type: 'DeploymentRolledBack',
      detail: { reason: { code: 'alarm' }, running: { digest: good.detail['digest'] } },
    });

    const values = JSON.stringify({ ':pk': { S: `deployment#${String(good.detail['deployment'])}` }, ':audit': { S: 'audit#' } });
    const { Items } = await aws(
      'dynamodb',
      'query',
      '--table-name',
      'switchyard',
      '--key-condition-expression',
      'pk = :pk AND begins_with(sk, :audit)',
      '--expression-attribute-values',
      values,
    );
    const states = Items.map(({ from, to }: Record<string, { S: string }>) => `${from?.S} > ${to?.S}`);
    expect(states).toEqual([
      'requested > starting',
      'starting > rolling-out',
      'rolling-out > verifying',
      'verifying > baking',
      'baking > succeeded',
    ]);
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '123456789012' });
  }, 180_000);

  it.skipIf(!existsSync(SKOPEO))(
    "as S1.2 has it: what skopeo pushes is deployed, and its version promoted, byte for byte (needs Debian's skopeo)",
    async () => {
      await setAlarm('OK', 'test');
      const { QueueUrl } = await aws('sqs', 'get-queue-url', '--queue-name', 'verdicts');
      const folder = mkdtempSync(join(tmpdir(), 'switchyard-layout-'));
      const platforms = ['amd64', 'arm64', 's390x'].map((architecture) =>
        image([zipped(layer(architecture, 70_000))], architecture),
      );
      const app = index(platforms.map(({ manifest }) => manifest));
      const parts = platforms.flatMap(({ blobs, manifest }) => [...blobs, manifest]);
      writeLayout(folder, 'app', parts, app);
      const { host } = new URL(endpoint);
      const { authorizationData } = await aws('ecr', 'get-authorization-token');
      const login = Buffer.from(authorizationData[0].authorizationToken, 'base64').toString('utf8');
      const skopeo = async (...words: readonly string[]) => (await promisify(execFile)(SKOPEO, [...words])).stdout;
      const copy = (from: string, ...more: readonly string[]) => [
        ...['copy', '--quiet', '--all', '--dest-tls-verify=false', '--dest-creds', login, ...more, from],
      ];

      await expect(skopeo('inspect', '--raw', '--tls-verify=false', `docker://${host}/preprod:better`)).rejects.toThrow(/auth/);
      await skopeo(...copy(`oci:${folder}:app`), `docker://${host}/preprod:7d3f2a1`);
      expect(await verdict(QueueUrl)).toMatchObject({
        type: 'DeploymentSucceeded',
        detail: { service: 'adit-service-preprod', verified: true, digest: app.digest },
      });

      const source = `docker://${host}/preprod:7d3f2a1`;
      await skopeo(...copy(source, '--src-tls-verify=false', '--src-creds', login), `docker://${host}/preprod:v9.1.0`);
      expect(await verdict(QueueUrl)).toMatchObject({
        type: 'DeploymentSucceeded',
        detail: { service: 'adit-service-prod', verified: true, digest: app.digest, asked: { version: 'v9.1.0' } },
      });
      const raw = await skopeo('inspect', '--raw', '--tls-verify=false', '--creds', login, `docker://${host}/prod:v9.1.0`);
      expect(raw).toBe(app.bytes.toString('utf8'));
      const target = mkdtempSync(join(tmpdir(), 'switchyard-pulled-'));
      await skopeo(
        'copy',
        '--quiet',
        '--all',
        '--src-tls-verify=false',
        '--src-creds',
        login,
        `docker://${host}/prod:v9.1.0`,
        `dir:${target}`,
      );
      for (const path of [folder, target]) rmSync(path, { recursive: true });
    },
    120_000,
  );
});
