import { TRANSLATED } from '../../shared/cdevents/translate.ts';
import { VERDICTS } from '../../shared/events/outcomes.ts';
import { type Check, functions, named, ofType, problem, type Resource, type Template, text } from './template.ts';

const FUNCTIONS = ['route', 'deploy', 'verify', 'rollback', 'promote', 'sweep', 'translate', 'measure'];

export const runtime: Check = (template) => [
  ...problem(
    functions(template).length !== FUNCTIONS.length,
    `there are ${functions(template).length} functions, not ${FUNCTIONS.length}`,
  ),
  ...functions(template).flatMap(([id, { Properties }]) => [
    ...problem(Properties['Runtime'] !== 'nodejs24.x', `${id} runs on ${Properties['Runtime']}`),
    ...problem(Properties['Architectures']?.join() !== 'arm64', `${id} is not built for arm64`),
  ]),
];

export const logs: Check = (template) =>
  functions(template).flatMap(([id, { Properties }]) => {
    const group = ofType(template, 'AWS::Logs::LogGroup').find(
      ([, log]) => log.Properties['LogGroupName'] === `/aws/lambda/${Properties['FunctionName']}`,
    );
    return problem(group?.[1].Properties['RetentionInDays'] !== 30, `the log of ${id} is not kept for 30 days`);
  });

/** The queue that a function reads; the sweep reads none. */
const queueOf = (template: Template, id: string): string | undefined => {
  const mapping = ofType(template, 'AWS::Lambda::EventSourceMapping').find(
    ([, { Properties }]) => named(Properties['FunctionName']) === id,
  );
  return mapping === undefined ? undefined : named(mapping[1].Properties['EventSourceArn']);
};

/** A function's lease is as long as its timeout, and what it puts aside goes where its queue's failures go. */
export const environment: Check = (template) =>
  functions(template).flatMap(([id, { Properties }]) => {
    const variables = Properties['Environment']?.Variables ?? {};
    const queue = queueOf(template, id) ?? 'Inbox';
    const dead = named(template.Resources[queue]?.Properties['RedrivePolicy']?.deadLetterTargetArn);
    return [
      ...problem(
        variables['SWITCHYARD_TIMEOUT_SECONDS'] !== String(Properties['Timeout']),
        `${id} is told another timeout than its own`,
      ),
      ...problem(named(variables['SWITCHYARD_DEAD_LETTER_URL']) !== dead, `${id} is told another dead-letter queue than ${dead}`),
    ];
  });

export const bus: Check = (template) =>
  problem(template.Resources['Bus']?.Type !== 'AWS::Events::EventBus', 'there is no bus of our own');

/** Each rule's types, joined as they stand. */
const REQUEST_RULES = [
  'DeployRequested',
  'RollbackRequested',
  'DeploymentCancelRequested',
  'PromotionRequested',
  'EvidenceRecorded',
];
/** What one function asks of another, in our own name. */
const ASKING_RULES = ['DeployRequested,PromotionCompleted'];
/** Who hears of outcomes, with a queue of its own: by the name of its rule. */
const LISTENERS: Readonly<Record<string, string>> = { TranslateRule: TRANSLATED.join(), MeasureRule: VERDICTS.join() };
const OUR_RULES = [...ASKING_RULES, ...Object.values(LISTENERS)];
const OWN_RULES = [...REQUEST_RULES, ...OUR_RULES];
const AWS_RULES = [
  'ECS Deployment State Change',
  'ECS Task State Change',
  'ECS Hook State Change',
  'CodeDeploy Deployment State-change Notification',
  'CodeBuild Build State Change',
  'EC2 Command Status-change Notification',
  'CloudWatch Alarm State Change',
  'ECR Image Action',
  'ECR Image Scan,Inspector2 Scan',
];

const allRules = (template: Template) => ofType(template, 'AWS::Events::Rule');

const eventRules = (template: Template) =>
  allRules(template).filter(([, { Properties }]) => Properties['EventPattern'] !== undefined);

export const rules: Check = (template) => {
  const find = (type: string) =>
    eventRules(template).filter(([, { Properties }]) => Properties['EventPattern']['detail-type']?.join() === type);
  const onOwnBus = ([, { Properties }]: [string, Resource]) => named(Properties['EventBusName']) === 'Bus';
  const onDefaultBus = ([, { Properties }]: [string, Resource]) => Properties['EventBusName'] === undefined;
  return [
    ...problem(
      eventRules(template).length !== OWN_RULES.length + AWS_RULES.length,
      `there are not ${OWN_RULES.length + AWS_RULES.length} rules for events`,
    ),
    ...[...OWN_RULES, ...AWS_RULES].flatMap((type) => problem(find(type).length !== 1, `there is not one rule for ${type}`)),
    ...OWN_RULES.flatMap((type) => problem(!find(type).every(onOwnBus), `the rule for ${type} is not on our bus`)),
    ...AWS_RULES.flatMap((type) => problem(!find(type).every(onDefaultBus), `the rule for ${type} is not on the default bus`)),
    ...eventRules(template).flatMap(([id, rule]) => rulePattern(id, rule)),
  ];
};

/** A pattern may have 2,048 characters (EventBridge quotas). */
const rulePattern = (id: string, { Properties }: Resource): readonly string[] => {
  const pattern = Properties['EventPattern'];
  const source = text(pattern['source']);
  const own = Properties['EventBusName'] !== undefined;
  const isOurs = OUR_RULES.includes(pattern['detail-type']?.join());
  return [
    ...problem(text(pattern['replay-name']) !== '[{"exists":false}]', `${id} takes replayed events`),
    ...problem(
      own && !isOurs && source !== '[{"anything-but":{"prefix":["aws.","switchyard"]}}]',
      `${id} takes requests from AWS or from ourselves`,
    ),
    ...problem(isOurs && source !== '["switchyard"]', `${id} takes what others say in our name`),
    ...problem(
      !own && !/^\["aws\.(?:ecs|codedeploy|codebuild|ssm|cloudwatch|ecr|ecr","aws\.inspector2)"\]$/.test(source),
      `${id} takes events that AWS did not send`,
    ),
    ...problem(
      (!own || isOurs) && text(pattern['account']) !== '[{"Ref":"AWS::AccountId"}]',
      `${id} takes events of other accounts`,
    ),
    ...problem(text(pattern).length > 2048, `${id} has a pattern that is too long`),
  ];
};

export const deliveries: Check = (template) =>
  allRules(template).flatMap(([id, { Properties }]) =>
    (Properties['Targets'] ?? []).flatMap((target: Resource['Properties']) => {
      const dead = template.Resources[named(target['DeadLetterConfig']?.Arn)]?.Properties;
      return [
        ...problem(!(target['RetryPolicy']?.MaximumRetryAttempts > 0), `${id} has a target without a retry policy`),
        ...problem(dead === undefined, `${id} has a target without a dead-letter queue`),
        ...problem(dead?.['FifoQueue'] === true, `${id} has a dead-letter queue that EventBridge cannot send to`),
        ...problem(
          target['InputPath'] !== undefined || target['InputTransformer'] !== undefined,
          `${id} changes the event on its way`,
        ),
      ];
    }),
  );

const FOURTEEN_DAYS = 1_209_600;

export const queues: Check = (template) => {
  const all = new Map(ofType(template, 'AWS::SQS::Queue'));
  return [...all].flatMap(([id, { Properties }]) => {
    if (/DeadLetters$/.test(id)) {
      return problem(Properties['MessageRetentionPeriod'] !== FOURTEEN_DAYS, `${id} does not keep messages for 14 days`);
    }
    const { deadLetterTargetArn, maxReceiveCount } = Properties['RedrivePolicy'] ?? {};
    const dead = all.get(named(deadLetterTargetArn));
    return [
      ...problem(dead === undefined, `${id} has no dead-letter queue`),
      ...problem(maxReceiveCount !== (Properties['FifoQueue'] === true ? 5 : 10), `${id} does not give up after its receives`),
      ...problem(dead?.Properties['FifoQueue'] !== Properties['FifoQueue'], `the dead-letter queue of ${id} is of another type`),
    ];
  });
};

/** By content, two wakes of the same deployment would be one: the router sends its own id. */
export const fifo: Check = (template) =>
  ['DeployQueue', 'VerifyQueue', 'RollbackQueue', 'PromoteQueue'].flatMap((id) => {
    const found = template.Resources[id]?.Properties;
    return [
      ...problem(found?.['FifoQueue'] !== true, `${id} is not a FIFO queue`),
      ...problem(found?.['ContentBasedDeduplication'] === true, `${id} drops messages by their content`),
    ];
  });

/** Six times the function's timeout (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
export const mappings: Check = (template) =>
  ofType(template, 'AWS::Lambda::EventSourceMapping').flatMap(([id, { Properties }]) => {
    const queue = named(Properties['EventSourceArn']);
    const name = named(Properties['FunctionName']);
    const timeout = template.Resources[name]?.Properties['Timeout'] ?? Number.POSITIVE_INFINITY;
    const { VisibilityTimeout = 0, FifoQueue = false } = template.Resources[queue]?.Properties ?? {};
    return [
      ...problem(VisibilityTimeout < 6 * timeout, `${queue} shows a message again while ${name} may be at work on it`),
      ...problem(
        Properties['FunctionResponseTypes']?.includes('ReportBatchItemFailures') !== true,
        `${id} does not report partial failures`,
      ),
      ...problem(FifoQueue && Properties['BatchSize'] !== 1, `${id} takes several messages of a group at once`),
      ...problem(!(Properties['ScalingConfig']?.MaximumConcurrency >= 2), `${id} may take all of the account's concurrency`),
    ];
  });

/** The schedule's rule is the packager's, and known by its name. */
const SCHEDULE = 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${Bus}-sweep';

export const queuePolicies: Check = (template) => {
  const events = eventRules(template).flatMap(([id]) => (Object.hasOwn(LISTENERS, id) ? [] : [id]));
  const listening = Object.keys(LISTENERS).map((id) => [id.replace('Rule', 'Queue'), [id]] as const);
  const senders: Readonly<Record<string, readonly string[]>> = {
    Inbox: events,
    EventsDeadLetters: [...events, ...Object.keys(LISTENERS), SCHEDULE],
    ...Object.fromEntries(listening),
  };
  const policies = ofType(template, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
  return [
    ...problem(policies.length !== Object.keys(senders).length, 'there are other queue policies than those of EventBridge'),
    ...Object.entries(senders).flatMap(([queue, sources]) => {
      const policy = policies.find(({ Queues }) => named(Queues?.[0]) === queue);
      const [statement, ...others] = policy?.['PolicyDocument'].Statement ?? [];
      const allowed: unknown[] = statement?.Condition?.ArnEquals?.['aws:SourceArn'] ?? [];
      return [
        ...problem(others.length > 0, `the policy of ${queue} has more statements than one`),
        ...problem(
          text(allowed.map((source) => named(source as string)).sort()) !== text([...sources].sort()),
          `${queue} takes messages of others than its rules, or not of all of them`,
        ),
        ...problem(
          text(statement?.Principal) !== '{"Service":"events.amazonaws.com"}',
          `others than EventBridge may use ${queue}`,
        ),
        ...problem(statement?.Action !== 'sqs:SendMessage', `EventBridge may do more with ${queue} than send`),
        ...problem(named(statement?.Resource) !== queue, `the policy of ${queue} is about another queue`),
      ];
    }),
  ];
};

const KEYS = '[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]';
const DUE = '[{"AttributeName":"dueShard","KeyType":"HASH"},{"AttributeName":"dueAt","KeyType":"RANGE"}]';
const HISTORY = '[{"AttributeName":"place","KeyType":"HASH"},{"AttributeName":"askedAt","KeyType":"RANGE"}]';

export const table: Check = ({ Resources: { Table } }) => {
  const found = Table?.Properties ?? {};
  const [index, history] = found['GlobalSecondaryIndexes'] ?? [];
  return [
    ...problem(found['BillingMode'] !== 'PAY_PER_REQUEST', 'the table is not on demand'),
    ...problem(
      found['PointInTimeRecoverySpecification']?.PointInTimeRecoveryEnabled !== true,
      'the table has no point-in-time recovery',
    ),
    ...problem(found['DeletionProtectionEnabled'] !== true, 'the table is not protected from deletion'),
    ...problem(text(found['KeySchema']) !== KEYS, 'the table has other keys'),
    ...problem(
      index?.IndexName !== 'due' || text(index.KeySchema) !== DUE || index.Projection?.ProjectionType !== 'ALL',
      'the table has no index of what is due',
    ),
    ...problem(
      history?.IndexName !== 'history' ||
        text(history.KeySchema) !== HISTORY ||
        history.Projection?.ProjectionType !== 'KEYS_ONLY',
      'the table has no index of what was asked for a service',
    ),
  ];
};

export const schedule: Check = (template) => {
  const scheduled = allRules(template).filter(([, { Properties }]) => Properties['ScheduleExpression'] === 'rate(1 minute)');
  const target = named(scheduled[0]?.[1].Properties['Targets']?.[0]?.Arn);
  return problem(scheduled.length !== 1 || target !== 'SweepLambdaFunction', 'the sweep does not run each minute');
};

/** A function's environment: 4 KB (Lambda quotas). */
export const quotas: Check = (template) =>
  functions(template).flatMap(([id, { Properties }]) =>
    problem(text(Properties['Environment']).length > 4096, `the environment of ${id} is too large`),
  );
