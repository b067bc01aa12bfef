import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import * as checks from './checks.ts';
import { type Case, properties, testCases } from './template.ts';
import { filesIn } from './zip.ts';

const CASES: readonly Case[] = [
  [
    'runs on Node 24 on arm64',
    checks.runtime,
    {
      'an older runtime': (all) => {
        properties(all, 'RouteLambdaFunction')['Runtime'] = 'nodejs20.x';
      },
      'another architecture': (all) => {
        delete properties(all, 'RouteLambdaFunction')['Architectures'];
      },
      'a missing function': (all) => {
        delete all['SweepLambdaFunction'];
      },
    },
  ],
  [
    'keeps logs for 30 days',
    checks.logs,
    {
      'no end': (all) => {
        delete properties(all, 'RouteLogGroup')['RetentionInDays'];
      },
      'no log group': (all) => {
        delete all['SweepLogGroup'];
      },
    },
  ],
  [
    'tells each function its own timeout and dead-letter queue',
    checks.environment,
    {
      'another timeout': (all) => {
        properties(all, 'DeployLambdaFunction')['Timeout'] = 900;
      },
      'the dead-letter queue of another': (all) => {
        properties(all, 'VerifyLambdaFunction')['Environment'].Variables.SWITCHYARD_DEAD_LETTER_URL = {
          Ref: 'DeployDeadLetters',
        };
      },
    },
  ],
  [
    'has a bus of its own',
    checks.bus,
    {
      'no bus': (all) => {
        delete all['Bus'];
      },
    },
  ],
  [
    'has a rule for each kind of event, on the right bus',
    checks.rules,
    {
      'a missing rule': (all) => {
        delete all['EcsTaskRule'];
      },
      'one rule more': (all) => {
        all['AnyRule'] = { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['aws.ecs'] } } };
      },
      'a rule on the wrong bus': (all) => {
        delete properties(all, 'DeployRequestedRule')['EventBusName'];
      },
      'one of AWS on our bus': (all) => {
        properties(all, 'AlarmRule')['EventBusName'] = { Ref: 'Bus' };
      },
      replays: (all) => {
        delete properties(all, 'AlarmRule')['EventPattern']['replay-name'];
      },
      'requests in our own name': (all) => {
        properties(all, 'DeployRequestedRule')['EventPattern'].source = [{ 'anything-but': { prefix: 'aws.' } }];
      },
      'our own words from others': (all) => {
        properties(all, 'OwnRequestRule')['EventPattern'].source = [{ prefix: '' }];
      },
      'outcomes that others told': (all) => {
        properties(all, 'TranslateRule')['EventPattern'].source = ['ci'];
      },
      'our own words from another account': (all) => {
        delete properties(all, 'OwnRequestRule')['EventPattern'].account;
      },
      'alarms that anybody may tell of': (all) => {
        delete properties(all, 'AlarmRule')['EventPattern'].source;
      },
      'events of other accounts': (all) => {
        delete properties(all, 'AlarmRule')['EventPattern'].account;
      },
      'a long pattern': (all) => {
        properties(all, 'AlarmRule')['EventPattern'].resources = ['x'.repeat(2048)];
      },
    },
  ],
  [
    'retries every delivery and keeps what fails',
    checks.deliveries,
    {
      'no retry policy': (all) => {
        delete properties(all, 'AlarmRule')['Targets'][0].RetryPolicy;
      },
      'no dead-letter queue': (all) => {
        delete properties(all, 'AlarmRule')['Targets'][0].DeadLetterConfig;
      },
      'none for the schedule': (all) => {
        delete properties(all, 'Switchyardsweeprule1EventBridgeRule')['Targets'][0].DeadLetterConfig;
      },
      'a FIFO one': (all) => {
        properties(all, 'EventsDeadLetters')['FifoQueue'] = true;
      },
      'an input path': (all) => {
        properties(all, 'AlarmRule')['Targets'][0].InputPath = '$.detail';
      },
    },
  ],
  [
    'gives every queue a dead-letter queue of its type',
    checks.queues,
    {
      none: (all) => {
        delete properties(all, 'Inbox')['RedrivePolicy'];
      },
      'a standard one for a FIFO queue': (all) => {
        delete properties(all, 'VerifyDeadLetters')['FifoQueue'];
      },
      'one that forgets': (all) => {
        delete properties(all, 'VerifyDeadLetters')['MessageRetentionPeriod'];
      },
      'many receives': (all) => {
        properties(all, 'DeployQueue')['RedrivePolicy'].maxReceiveCount = 1000;
      },
    },
  ],
  [
    'groups by FIFO queues',
    checks.fifo,
    {
      'a standard queue': (all) => {
        delete properties(all, 'DeployQueue')['FifoQueue'];
      },
      'de-duplication by content': (all) => {
        properties(all, 'DeployQueue')['ContentBasedDeduplication'] = true;
      },
    },
  ],
  [
    'hides a message for as long as a function may work on it',
    checks.mappings,
    {
      'a short visibility timeout': (all) => {
        properties(all, 'VerifyQueue')['VisibilityTimeout'] = 60;
      },
      'no partial failures': (all) => {
        delete properties(all, 'RouteEventSourceMappingSQSInbox')['FunctionResponseTypes'];
      },
      'larger FIFO batches': (all) => {
        properties(all, 'DeployEventSourceMappingSQSDeployQueue')['BatchSize'] = 10;
      },
      'no limit to how many run': (all) => {
        delete properties(all, 'RouteEventSourceMappingSQSInbox')['ScalingConfig'];
      },
    },
  ],
  [
    'lets only its rules send to the inbox',
    checks.queuePolicies,
    {
      'any rule': (all) => {
        delete properties(all, 'InboxPolicy')['PolicyDocument'].Statement[0].Condition;
      },
      'a rule of others': (all) => {
        properties(all, 'InboxPolicy')['PolicyDocument'].Statement[0].Condition.ArnEquals['aws:SourceArn'].push(
          'arn:aws:events:*',
        );
      },
      'a rule that may not send': (all) => {
        properties(all, 'InboxPolicy')['PolicyDocument'].Statement[0].Condition.ArnEquals['aws:SourceArn'].pop();
      },
      'a schedule that may not send': (all) => {
        properties(all, 'EventsDeadLettersPolicy')['PolicyDocument'].Statement[0].Condition.ArnEquals['aws:SourceArn'].pop();
      },
      anybody: (all) => {
        properties(all, 'InboxPolicy')['PolicyDocument'].Statement[0].Principal = '*';
      },
      'more actions': (all) => {
        properties(all, 'InboxPolicy')['PolicyDocument'].Statement[0].Action = 'sqs:*';
      },
      'another statement': (all) => {
        properties(all, 'InboxPolicy')['PolicyDocument'].Statement.push({ Effect: 'Allow' });
      },
      'a policy for another queue': (all) => {
        properties(all, 'InboxPolicy')['PolicyDocument'].Statement[0].Resource = '*';
      },
      'anybody who hears outcomes': (all) => {
        properties(all, 'TranslateQueuePolicy')['PolicyDocument'].Statement[0].Condition.ArnEquals['aws:SourceArn'] = [];
      },
      'an open FIFO queue': (all) => {
        all['Open'] = { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'DeployQueue' }], PolicyDocument: {} } };
      },
      'no policy': (all) => {
        delete all['EventsDeadLettersPolicy'];
      },
    },
  ],
  [
    'has a table on demand, recoverable and protected',
    checks.table,
    {
      provisioned: (all) => {
        properties(all, 'Table')['BillingMode'] = 'PROVISIONED';
      },
      'no recovery': (all) => {
        delete properties(all, 'Table')['PointInTimeRecoverySpecification'];
      },
      'no protection': (all) => {
        delete properties(all, 'Table')['DeletionProtectionEnabled'];
      },
      'one key': (all) => {
        properties(all, 'Table')['KeySchema'].pop();
      },
      'an index of keys only': (all) => {
        properties(all, 'Table')['GlobalSecondaryIndexes'][0].Projection.ProjectionType = 'KEYS_ONLY';
      },
      'no history': (all) => {
        properties(all, 'Table')['GlobalSecondaryIndexes'].pop();
      },
      'a history by another time': (all) => {
        properties(all, 'Table')['GlobalSecondaryIndexes'][1].KeySchema[1].AttributeName = 'dueAt';
      },
      'no index': (all) => {
        delete properties(all, 'Table')['GlobalSecondaryIndexes'];
      },
    },
  ],
  [
    'sweeps each minute',
    checks.schedule,
    {
      'another rate': (all) => {
        properties(all, 'Switchyardsweeprule1EventBridgeRule')['ScheduleExpression'] = 'rate(1 hour)';
      },
      'another function': (all) => {
        properties(all, 'Switchyardsweeprule1EventBridgeRule')['Targets'][0].Arn = { 'Fn::GetAtt': ['Inbox', 'Arn'] };
      },
    },
  ],
  [
    "stays within Lambda's quotas",
    checks.quotas,
    {
      'a large environment': (all) => {
        properties(all, 'SweepLambdaFunction')['Environment'] = { Variables: { X: 'x'.repeat(4096) } };
      },
    },
  ],
];

describe('the packaged template', () => testCases(CASES));

/** Two empty files, as Info-ZIP's `zip -0 -X` writes them. */
const TWO_FILES =
  'UEsDBAoAAAAAAOMGdV0AAAAAAAAAAAAAAAAFAAAAYS5tanNQSwMECgAAAAAA4wZ1XQAAAAAAAAAAAAAAAAUAAABiLm1qc1BLAQIeAwoAAAAAAOMGdV0AAAAAAAAA' +
  'AAAAAAAFAAAAAAAAAAAAAACkgQAAAABhLm1qc1BLAQIeAwoAAAAAAOMGdV0AAAAAAAAAAAAAAAAFAAAAAAAAAAAAAACkgSMAAABiLm1qc1BLBQYAAAAAAgACAGYA' +
  'AABGAAAAAAA=';

describe('the packaged functions', () => {
  it.each(['deploy', 'measure', 'rollback', 'route', 'sweep', 'translate', 'verify'])(
    'have one bundle for %s, and nothing else',
    (name) => {
      const zip = readFileSync(join(inject('packaged'), `${name}.zip`));
      expect(filesIn(zip)).toEqual([`handlers/${name}.mjs`]);
    },
  );

  it('would show if there were another file in one', () => {
    expect(filesIn(Buffer.from(TWO_FILES, 'base64'))).toEqual(['a.mjs', 'b.mjs']);
  });
});
