import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { SourceSlack } from '../../shared/catalogue/generated/types.ts';
import { everyNotify, type NotifyKind } from '../../shared/catalogue/notify.ts';
import { TRANSLATED } from '../../shared/cdevents/translate.ts';
import { type OutcomeType, VERDICTS } from '../../shared/events/outcomes.ts';
import { CDEVENTS_SOURCE } from '../../shared/events/sources.ts';
import { arnOf, logs, publishesAs, reads, readsSecret, sends } from './grants.ts';
import { allow, type Resource, type RoleStatement } from './statements.ts';

/**
 * A function that tells people or other systems what has become of requests. It has a rule on the bus, a standard queue with its dead
 * letters and a role of its own, so that nothing of it is in the pipeline's way; and it is in the package only where the catalogue uses it.
 */
interface Notifier {
  /** The function's id in the template: its queue is `<id>Queue`, its role `<id>Role`. */
  readonly id: string;
  /** Its file in `handlers/`, and its name after the installation's. */
  readonly name: string;
  /** The key of the catalogue's `notify` that it does, or what else makes it wanted. */
  readonly kind: NotifyKind | 'cdevents' | 'metrics';
  /** The outcomes that it is told; absent: all. */
  readonly hears?: readonly OutcomeType[];
  readonly statements: (catalogue: Catalogue) => readonly RoleStatement[];
  /** What it is told beside what every function is. */
  readonly environment?: () => Readonly<Record<string, unknown>>;
}

const base = ({ id, name }: Pick<Notifier, 'id' | 'name'>): readonly RoleStatement[] => [
  logs(name),
  reads(`${id}Queue`),
  sends(`${id}DeadLetters`),
];

/** What it keeps of each deployment, and nothing that anybody else keeps. */
const keepsNotes = (name: string): RoleStatement =>
  allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [arnOf('Table')], {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${name}#*`] },
  });

const readsSecrets = (references: readonly (string | undefined)[]): readonly RoleStatement[] =>
  [...new Set(references.flatMap((reference) => reference ?? []))].map(readsSecret);

const secretsOfSlack = (settings: readonly SourceSlack[]): readonly (string | undefined)[] =>
  settings.flatMap(({ token, webhook }) => [token, webhook]);

const SLACK: Notifier = {
  id: 'NotifySlack',
  name: 'notify-slack',
  kind: 'slack',
  statements: (catalogue) => [
    ...base(SLACK),
    keepsNotes('notify-slack'),
    ...readsSecrets(secretsOfSlack(everyNotify(catalogue, 'slack'))),
  ],
  environment: () => {
    const { SWITCHYARD_SLACK_URL } = process.env;
    return SWITCHYARD_SLACK_URL === undefined ? {} : { SWITCHYARD_SLACK_URL };
  },
};

const WEBHOOKS: Notifier = {
  id: 'NotifyWebhooks',
  name: 'notify-webhooks',
  kind: 'webhooks',
  statements: (catalogue) => [
    ...base(WEBHOOKS),
    sends('NotifyWebhooksQueue'),
    keepsNotes('notify-webhooks'),
    ...readsSecrets(everyNotify(catalogue, 'webhooks').flatMap((webhooks) => webhooks.map(({ secret }) => secret))),
  ],
  environment: () => {
    const { SWITCHYARD_WEBHOOKS_URL } = process.env;
    return SWITCHYARD_WEBHOOKS_URL === undefined ? {} : { SWITCHYARD_WEBHOOKS_URL };
  },
};

const topicOf = (topic: string): Resource =>
  topic.startsWith('arn:') ? topic : { 'Fn::Sub': `arn:\${AWS::Partition}:sns:\${AWS::Region}:\${AWS::AccountId}:${topic}` };

const EMAIL: Notifier = {
  id: 'NotifyEmail',
  name: 'notify-email',
  kind: 'email',
  statements: (catalogue) => [
    ...base(EMAIL),
    keepsNotes('notify-email'),
    ...[...new Set(everyNotify(catalogue, 'email').map(({ topic }) => topic))].map((topic) =>
      allow(['sns:Publish'], [topicOf(topic)]),
    ),
  ],
};

const GITHUB: Notifier = {
  id: 'NotifyGitHub',
  name: 'notify-github',
  kind: 'github',
  statements: (catalogue) => [
    ...base(GITHUB),
    keepsNotes('notify-github'),
    ...readsSecrets(everyNotify(catalogue, 'github').flatMap(({ app, token }) => [app?.key, token])),
  ],
  environment: () => ({ SWITCHYARD_GITHUB_URL: process.env['SWITCHYARD_GITHUB_URL'] ?? 'https://api.github.com' }),
};

/** Not a notifier of people: it says outcomes once more on the bus. */
const TRANSLATE: Notifier = {
  id: 'Translate',
  name: 'translate',
  kind: 'cdevents',
  hears: TRANSLATED,
  statements: () => [...base(TRANSLATE), keepsNotes('translate'), publishesAs(CDEVENTS_SOURCE)],
};

/** Reads what the store knows of a verdict, and writes down that it was counted. */
const MEASURE: Notifier = {
  id: 'Measure',
  name: 'measure',
  kind: 'metrics',
  hears: VERDICTS,
  statements: () => [
    ...base(MEASURE),
    allow(['dynamodb:Query', 'dynamodb:BatchGetItem'], [arnOf('Table')]),
    allow(['dynamodb:PutItem'], [arnOf('Table')], { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['measure#*'] } }),
  ],
};

const NOTIFIERS: readonly Notifier[] = [SLACK, WEBHOOKS, EMAIL, GITHUB, TRANSLATE, MEASURE];

const isWanted = (catalogue: Catalogue, { kind }: Notifier): boolean => {
  if (kind === 'metrics') return true;
  return kind === 'cdevents' ? catalogue.cdevents !== undefined : everyNotify(catalogue, kind).length > 0;
};

/** Those that this catalogue uses. */
export const notifiersIn = (catalogue: Catalogue): readonly Notifier[] =>
  NOTIFIERS.filter((notifier) => isWanted(catalogue, notifier));

export const roleOf = ({ id }: Notifier): string => `${id}Role`;

export const queueOf = ({ id }: Notifier): string => `${id}Queue`;

/** Seconds of one invocation. */
const TIMEOUT = 30;

/** In serverless.yml's words. */
export const functionsFor = (catalogue: Catalogue): Readonly<Record<string, object>> =>
  Object.fromEntries(
    notifiersIn(catalogue).map((notifier) => [
      notifier.id.charAt(0).toLowerCase() + notifier.id.slice(1),
      {
        name: `\${self:custom.name}-${notifier.name}`,
        handler: `handlers/${notifier.name}.handler`,
        role: roleOf(notifier),
        timeout: TIMEOUT,
        environment: {
          SWITCHYARD_QUEUE_URL: { Ref: queueOf(notifier) },
          SWITCHYARD_DEAD_LETTER_URL: { Ref: `${notifier.id}DeadLetters` },
          SWITCHYARD_TIMEOUT_SECONDS: String(TIMEOUT),
          ...notifier.environment?.(),
        },
        events: [
          {
            sqs: {
              arn: arnOf(queueOf(notifier)),
              batchSize: 10,
              maximumConcurrency: 2, // it has time, and others are not to wait for it
              functionResponseType: 'ReportBatchItemFailures',
            },
          },
        ],
      },
    ]),
  );

const queue = (name: string, properties: object) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: { 'Fn::Sub': `\${Bus}-${name}` }, SqsManagedSseEnabled: true, ...properties },
});

/** A queue and its dead letters for each. */
export const queuesFor = (catalogue: Catalogue): { readonly Resources: Readonly<Record<string, object>> } => ({
  Resources: Object.fromEntries(
    notifiersIn(catalogue).flatMap((notifier) => [
      [
        queueOf(notifier),
        queue(notifier.name, {
          VisibilityTimeout: 6 * TIMEOUT,
          RedrivePolicy: { deadLetterTargetArn: arnOf(`${notifier.id}DeadLetters`), maxReceiveCount: 10 },
        }),
      ],
      [`${notifier.id}DeadLetters`, queue(`${notifier.name}-dlq`, { MessageRetentionPeriod: 1_209_600 })],
    ]),
  ),
});
