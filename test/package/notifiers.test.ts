import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUES } from '../../cli/queues.ts';
import { packagePipeline, templateIn } from '../../local/packaging.ts';
import { HOME } from '../../local/place.ts';
import { quotaProblems } from '../../scripts/stack/quotas.ts';
import { rolesFor } from '../../scripts/stack/roles.ts';
import { rulesFor } from '../../scripts/stack/rules.ts';
import { functionsFor, queuesFor } from '../../scripts/stack/subscribers.ts';
import { readCatalogue } from '../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { OUTCOMES } from '../../shared/events/outcomes.ts';
import { ROOT } from '../guards/sources.ts';
import { notifiersOf } from '../scenarios/notifiers.ts';
import type { PackagedTemplate } from '../scenarios/pipeline.ts';
import { catalogueWith } from '../scenarios/with-notify.ts';
import * as checks from './checks.ts';
import { named, ofType, packaged } from './template.ts';

/** Everything that may be told, in one catalogue. */
const EVERYTHING = catalogueWith(
  `{ email: { topic: deployments }, github: { repository: acme/app, app: { id: 1, installation: 2, key: '\${secretsmanager:github-key}' } }, slack: { channel: C0DEPLOYS, token: '\${secretsmanager:slack-token}' }, webhooks: [{ name: one, url: 'https://example.com', secret: '\${ssm:/switchyard/hook}' }, { name: two, url: 'https://example.com', secret: '\${ssm:/switchyard/hook}' }] }`,
);

const resolved = (text: string) => {
  const read = readCatalogue(text);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return resolveCatalogue(read.source, HOME);
};

/** The functions that tell nobody outside. */
const OTHERS = ['route', 'deploy', 'verify', 'rollback', 'promote', 'sweep', 'translate', 'measure'];

/** What each may do, worked by hand from what it calls. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  NotifyEmailRole: [
    'logs:CreateLogStream logs:PutLogEvents on /aws/lambda/${Bus}-notify-email:*',
    'sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility on NotifyEmailQueue',
    'sqs:SendMessage on NotifyEmailDeadLetters',
    'dynamodb:GetItem dynamodb:PutItem on Table, of notify-email#*',
    'sns:Publish on arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:deployments',
  ],
  NotifyGitHubRole: [
    'logs:CreateLogStream logs:PutLogEvents on /aws/lambda/${Bus}-notify-github:*',
    'sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility on NotifyGitHubQueue',
    'sqs:SendMessage on NotifyGitHubDeadLetters',
    'dynamodb:GetItem dynamodb:PutItem on Table, of notify-github#*',
    'secretsmanager:GetSecretValue on secret:github-key-??????',
  ],
  NotifySlackRole: [
    'logs:CreateLogStream logs:PutLogEvents on /aws/lambda/${Bus}-notify-slack:*',
    'sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility on NotifySlackQueue',
    'sqs:SendMessage on NotifySlackDeadLetters',
    'dynamodb:GetItem dynamodb:PutItem on Table, of notify-slack#*',
    'secretsmanager:GetSecretValue on secret:slack-token-??????',
  ],
  NotifyWebhooksRole: [
    'logs:CreateLogStream logs:PutLogEvents on /aws/lambda/${Bus}-notify-webhooks:*',
    'sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility on NotifyWebhooksQueue',
    'sqs:SendMessage on NotifyWebhooksDeadLetters',
    'sqs:SendMessage on NotifyWebhooksQueue',
    'dynamodb:GetItem dynamodb:PutItem on Table, of notify-webhooks#*',
    'ssm:GetParameter on parameter/switchyard/hook',
  ],
};

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly (string | { readonly 'Fn::GetAtt'?: string[]; readonly 'Fn::Sub'?: string })[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const said = ({ Action, Resource, Condition }: Statement): string => {
  const on = Resource.map((one) => named(one as string).replace(/^.*(?:log-group:|:(?=parameter\/|secret:|topic))/, '')).join(
    ' ',
  );
  const leading = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  return `${Action.join(' ')} on ${on}${leading === undefined ? '' : `, of ${leading.join(' ')}`}`;
};

const grantsOf = (role: unknown): readonly string[] =>
  (role as PackagedTemplate['Resources'][string]).Properties.Policies[0].PolicyDocument.Statement.map(said).filter(
    (grant: string) => grant !== TRACES,
  );

/** Of every function (test/package/monitoring.test.ts). */
const TRACES = 'xray:PutTraceSegments xray:PutTelemetryRecords on *';

describe('functions that tell', () => {
  it('are in the package only if the catalogue uses them', () => {
    const none = resolved(catalogueWith('{ webhooks: false }'));
    expect(Object.keys(functionsFor(none)).filter((id) => id.startsWith('notify'))).toEqual([]);
    expect(Object.keys(queuesFor(none).Resources).filter((id) => id.startsWith('Notify'))).toEqual([]);
    expect(Object.keys(rolesFor(none).Resources).filter((id) => id.startsWith('Notify'))).toEqual([]);
    expect(Object.keys(rulesFor(none).Resources).filter((id) => id.startsWith('Notify'))).toEqual([]);
  });

  it('may do what they do, and no more', () => {
    const roles = Object.entries(rolesFor(resolved(EVERYTHING)).Resources).filter(([id]) => id.startsWith('Notify'));
    expect(Object.fromEntries(roles.map(([id, role]) => [id, grantsOf(role)]))).toEqual(GRANTS);
  });

  it('hear every outcome that has a schema, from us alone', () => {
    const rules = Object.entries(rulesFor(resolved(EVERYTHING)).Resources).filter(([id]) => /^Notify\w+Rule$/.test(id));
    expect(rules).toHaveLength(Object.keys(GRANTS).length);
    for (const [, rule] of rules)
      expect((rule as PackagedTemplate['Resources'][string]).Properties).toMatchObject({
        EventBusName: { Ref: 'Bus' },
        EventPattern: {
          source: ['switchyard'],
          account: [{ Ref: 'AWS::AccountId' }],
          'replay-name': [{ exists: false }],
          'detail-type': OUTCOMES,
        },
      });
  });

  it('know every outcome: those of the schemas that carry a sequence', async () => {
    const told: string[] = [];
    for (const file of await readdir(join(ROOT, 'schemas/events'))) {
      const text = await readFile(join(ROOT, 'schemas/events', file), 'utf8');
      if (/common\.json#\/\$defs\/(?:Told|Verdict|ToldPromotion)"/.test(text)) told.push(file.replace('.json', ''));
    }
    expect(told.sort()).toEqual([...OUTCOMES].sort());
  });
});

describe('a package with everything that tells', () => {
  let folder = '';
  let template: PackagedTemplate = { Resources: {} };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-notify-'));
    const catalogue = join(folder, 'everything.yml');
    await writeFile(catalogue, EVERYTHING);
    await packagePipeline(join(folder, 'package'), { SWITCHYARD_CATALOGUE: catalogue });
    template = JSON.parse(await readFile(templateIn(join(folder, 'package')), 'utf8'));
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has their functions, queues, rules and roles, as the scenarios have them', () => {
    const made = notifiersOf(resolved(EVERYTHING), template);
    for (const [id, resource] of Object.entries(made)) {
      const found = template.Resources[id];
      expect(found?.Type, id).toBe(resource.Type);
      const { Code: _, ...properties } = found?.Properties ?? {};
      const { Code: __, ...expected } = resource.Properties;
      expect(properties, id).toEqual(expected);
    }
    expect(ofType(template, 'AWS::Lambda::Function')).toHaveLength(OTHERS.length + Object.keys(GRANTS).length);
    expect(ofType(packaged(), 'AWS::Lambda::Function').length).toBeGreaterThanOrEqual(OTHERS.length);
  });

  it('holds what every package holds', () => {
    for (const check of [checks.logs, checks.environment, checks.deliveries, checks.queues, checks.mappings])
      expect(check(template)).toEqual([]);
    expect(quotaProblems(template)).toEqual([]);
  });

  it('has an alarm for dead letters of every queue, and an operator who may send them back', () => {
    const queues = ofType(template, 'AWS::SQS::Queue').map(([id]) => id);
    const dead = queues.filter((id) => id.endsWith('DeadLetters')).sort();
    const rung = ofType(template, 'AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties['MetricName'] === 'ApproximateNumberOfMessagesVisible')
      .map(([, { Properties }]) => named(Properties['Dimensions'][0].Value));
    expect(rung.sort()).toEqual(dead);
    const { PolicyDocument } = template.Resources['OperatorPolicy']?.Properties ?? {};
    const mayOn = (action: string) =>
      PolicyDocument.Statement.filter(({ Action }: { Action: readonly string[] }) => Action.includes(action))
        .flatMap(({ Resource }: { Resource: readonly string[] }) => Resource.map(named))
        .sort();
    expect(mayOn('sqs:ReceiveMessage')).toEqual(dead);
    expect(mayOn('sqs:DeleteMessage')).toEqual(dead);
    expect(mayOn('sqs:SendMessage')).toEqual(queues.filter((id) => !dead.includes(id)).sort());
  });

  it('has the queues that the command line knows, and no other', () => {
    const made = ofType(template, 'AWS::SQS::Queue').map(([, { Properties }]) => {
      const { QueueName } = Properties;
      return String(QueueName['Fn::Sub'] ?? QueueName).replace(/^(?:\$\{Bus\}|switchyard)-/, '');
    });
    const known = Object.values(QUEUES).flatMap(({ queue, dead }) => (queue === undefined ? [dead] : [queue, dead]));
    expect(made.sort()).toEqual(known.sort());
    const always = ofType(packaged(), 'AWS::SQS::Queue').length;
    const ofAll = Object.values(QUEUES).filter((queues) => !('ofSome' in queues));
    expect(always).toBeGreaterThanOrEqual(ofAll.length * 2 - 1);
  });

  it('lets each queue be sent to by its own rule alone', () => {
    for (const role of Object.keys(GRANTS)) {
      const id = role.replace(/Role$/, '');
      const { PolicyDocument } = template.Resources[`${id}QueuePolicy`]?.Properties ?? {};
      expect(PolicyDocument.Statement, id).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': [`${id}Queue`, 'Arn'] },
          Condition: { ArnEquals: { 'aws:SourceArn': [{ 'Fn::GetAtt': [`${id}Rule`, 'Arn'] }] } },
        },
      ]);
      const inbox = JSON.stringify(template.Resources['InboxPolicy']);
      expect(inbox).not.toContain(`${id}Rule`);
      expect(JSON.stringify(template.Resources['EventsDeadLettersPolicy'])).toContain(`${id}Rule`);
    }
  });
});
