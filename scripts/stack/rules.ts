import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { OUTCOMES } from '../../shared/events/outcomes.ts';
import { ecrOf } from '../../shared/registries/image-reference.ts';
import { targetEvents } from '../../shared/targets/events.ts';
import { notifiersIn, queueOf } from './subscribers.ts';

/** Requests come from anybody but AWS and ourselves; a replayed event asks for nothing. */
const REQUEST = { source: [{ 'anything-but': { prefix: ['aws.', 'switchyard'] } }], 'replay-name': [{ exists: false }] };

const OWN_ACCOUNT = { account: [{ Ref: 'AWS::AccountId' }], 'replay-name': [{ exists: false }] };

/** What promote asks for, and what one function tells another. */
const OWN = { source: ['switchyard'], ...OWN_ACCOUNT };

/** Filled in by CloudFormation, where the stack is. */
export const HERE = { account: '${AWS::AccountId}', region: '${AWS::Region}' };

interface Rule {
  readonly onOwnBus: boolean;
  readonly pattern: Readonly<Record<string, unknown>>;
  /** Absent: the inbox. */
  readonly queue?: string;
}

const NO_NAME = ['State', 'Change', 'State-change', 'Status-change', 'Notification'];

/** `ECS Task State Change` has the rule `EcsTaskRule`. */
const ruleName = (type: string): string =>
  `${type
    .split(' ')
    .filter((word) => !NO_NAME.includes(word))
    .map((word) => `${word.charAt(0)}${word.slice(1).toLowerCase()}`)
    .join('')}Rule`;

/** What AWS tells of the things that are deployed to. */
const targetRules = (): Readonly<Record<string, Rule>> =>
  Object.fromEntries(
    Object.entries(targetEvents).map(([type, { source, pattern }]) => [
      ruleName(type),
      {
        onOwnBus: false,
        pattern: {
          source: [source],
          'detail-type': [type],
          ...OWN_ACCOUNT,
          ...(pattern === undefined ? {} : { detail: pattern }),
        },
      },
    ]),
  );

const PUSHES = {
  source: ['aws.ecr'],
  'detail-type': ['ECR Image Action'],
  detail: { 'action-type': ['PUSH'], result: ['SUCCESS'] },
};

const SCANS = { source: ['aws.ecr', 'aws.inspector2'], 'detail-type': ['ECR Image Scan', 'Inspector2 Scan'] };

/** One for each kind of event. AWS's own events are on the default bus only. */
const RULES: Readonly<Record<string, Rule>> = {
  DeployRequestedRule: { onOwnBus: true, pattern: { 'detail-type': ['DeployRequested'], ...REQUEST } },
  RollbackRequestedRule: { onOwnBus: true, pattern: { 'detail-type': ['RollbackRequested'], ...REQUEST } },
  CancelRequestedRule: { onOwnBus: true, pattern: { 'detail-type': ['DeploymentCancelRequested'], ...REQUEST } },
  PromotionRequestedRule: { onOwnBus: true, pattern: { 'detail-type': ['PromotionRequested'], ...REQUEST } },
  EvidenceRule: { onOwnBus: true, pattern: { 'detail-type': ['EvidenceRecorded'], ...REQUEST } },
  OwnRequestRule: { onOwnBus: true, pattern: { 'detail-type': ['DeployRequested', 'PromotionCompleted'], ...OWN } },
  EcrPushRule: { onOwnBus: false, pattern: { ...PUSHES, ...OWN_ACCOUNT } },
  ScanRule: { onOwnBus: false, pattern: { ...SCANS, ...OWN_ACCOUNT } },
  ...targetRules(),
  AlarmRule: {
    onOwnBus: false,
    pattern: { source: ['aws.cloudwatch'], 'detail-type': ['CloudWatch Alarm State Change'], ...OWN_ACCOUNT },
  },
};

const rule = ({ onOwnBus, pattern, queue = 'Inbox' }: Rule) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    ...(onOwnBus ? { EventBusName: { Ref: 'Bus' } } : {}),
    State: 'ENABLED',
    EventPattern: pattern,
    Targets: [
      {
        Id: queue === 'Inbox' ? 'inbox' : 'queue',
        Arn: { 'Fn::GetAtt': [queue, 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['EventsDeadLetters', 'Arn'] } },
      },
    ],
  },
});

/** The rule of the sweep's schedule, which the packager makes, by its name in serverless.yml. */
const SCHEDULE = { 'Fn::Sub': 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${Bus}-sweep' };

/** Only these rules may send there. */
const queuePolicy = (queue: string, sources: readonly object[]) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: queue }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
          Condition: { ArnEquals: { 'aws:SourceArn': sources } },
        },
      ],
    },
  },
});

/** What AWS tells in other accounts and regions, and their rules pass on to the pipeline's own bus: of what is deployed to, and of images. */
export const FORWARDED = {
  Forwarding: {
    source: [...new Set(['aws.cloudwatch', ...Object.values(targetEvents).map(({ source }) => source)])],
    'detail-type': ['CloudWatch Alarm State Change', ...Object.keys(targetEvents)],
  },
  ForwardingPushes: PUSHES,
  ForwardingScans: SCANS,
} as const;

const SOURCES: readonly string[] = [...new Set(Object.values(FORWARDED).flatMap(({ source }): readonly string[] => source))];

const forwarded = (accounts: readonly string[]): Readonly<Record<string, Rule>> => {
  const account = accounts.map((one) => (one.includes('${') ? { 'Fn::Sub': one } : one));
  return Object.fromEntries(
    Object.entries(FORWARDED).map(([name, pattern]) => [
      `${name}Rule`,
      { onOwnBus: true, pattern: { ...pattern, account, 'replay-name': [{ exists: false }] } },
    ]),
  );
};

/** Other accounts may pass on what AWS tells there, and nothing in their own words (EventBridge User Guide, "Permissions for event buses"). */
const admitting = (account: string) => ({
  Type: 'AWS::Events::EventBusPolicy',
  Properties: {
    EventBusName: { Ref: 'Bus' },
    StatementId: `from-${account}`,
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'events:PutEvents',
      Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
      Condition: { StringEquals: { 'events:source': SOURCES } },
    },
  },
});

/** The accounts of sites, and of registries that images are promoted from, elsewhere than where the pipeline is. */
const accountsElsewhere = (catalogue: Catalogue): readonly string[] => [
  ...new Set(
    placesOf(catalogue)
      .filter(({ account, region }) => account !== HERE.account || region !== HERE.region)
      .map(({ account }) => account),
  ),
];

interface Place {
  readonly account: string;
  readonly region: string;
}

/** Every account and region of which events count: of sites, and of registries that are reached in a role. */
export const placesOf = ({ services, promotions }: Catalogue): readonly Place[] => [
  ...services.flatMap(({ settings: { sites = [] } }) => sites),
  ...promotions.flatMap(({ from: { role, registry } }) => (role === undefined ? [] : (ecrOf(registry) ?? []))),
];

/** What has become of requests, told by ourselves and nobody else, for each that tells it on. */
const outcomeRules = (catalogue: Catalogue): Readonly<Record<string, Rule>> =>
  Object.fromEntries(
    notifiersIn(catalogue).map((notifier) => [
      `${notifier.id}Rule`,
      { onOwnBus: true, pattern: { 'detail-type': [...(notifier.hears ?? OUTCOMES)], ...OWN }, queue: queueOf(notifier) },
    ]),
  );

/** The rules for events, and the policies of the queues that EventBridge sends to. */
export const rulesFor = (catalogue: Catalogue) => {
  const accounts = accountsElsewhere(catalogue);
  const taken = accounts.length === 0 ? RULES : { ...RULES, ...forwarded(accounts) };
  const told = outcomeRules(catalogue);
  const rules = { ...taken, ...told };
  const arns = (names: readonly string[]) => names.map((name) => ({ 'Fn::GetAtt': [name, 'Arn'] }));
  return {
    Resources: {
      ...Object.fromEntries(Object.entries(rules).map(([name, entry]) => [name, rule(entry)])),
      ...Object.fromEntries(
        accounts.filter((account) => account !== HERE.account).map((account) => [`From${account}`, admitting(account)]),
      ),
      InboxPolicy: queuePolicy('Inbox', arns(Object.keys(taken))),
      ...Object.fromEntries(
        Object.entries(told).flatMap(([name, { queue = '' }]) => [[`${queue}Policy`, queuePolicy(queue, arns([name]))]]),
      ),
      EventsDeadLettersPolicy: queuePolicy('EventsDeadLetters', [...arns(Object.keys(rules)), SCHEDULE]),
    },
  };
};
