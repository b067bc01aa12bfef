/** What a compiled template holds, as far as quotas concern it. */
export interface CompiledTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

type Properties = Readonly<Record<string, unknown>>;

/** Intrinsic functions are filled in by CloudFormation: an ARN or a name of the stack has about this length at most. */
const FILLED_IN = 'x'.repeat(100);

const plain = (value: unknown): string =>
  JSON.stringify(value, (_, part) => {
    if (typeof part !== 'object' || part === null) return part;
    const [key = ''] = Object.keys(part);
    if (Object.keys(part).length !== 1 || !(key === 'Ref' || key.startsWith('Fn::'))) return part;
    return typeof part[key] === 'string' && key === 'Fn::Sub' ? part[key] : FILLED_IN;
  }) ?? '';

const lengthOf = (value: unknown): number => (value === undefined ? 0 : plain(value).length);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Properties)[name] : undefined;

interface Quota {
  readonly what: string;
  readonly most: number;
  readonly measure: (properties: Properties) => number;
  /** Where AWS says so. */
  readonly source: string;
}

const NAME = (property: string, most: number, source: string): Quota => ({
  what: `${property} (characters)`,
  most,
  measure: (properties) => (typeof properties[property] === 'string' ? properties[property].length : 0),
  source,
});

const LAMBDA = 'Lambda Developer Guide, "Lambda quotas"';
const EVENTS = 'EventBridge User Guide, "Amazon EventBridge quotas"';
const SQS = 'SQS Developer Guide, "Amazon SQS quotas"';
const SCHEMAS = 'EventBridge Schema Registry API reference, CreateSchema';
const IAM = 'IAM User Guide, "IAM and AWS STS quotas"';

const policies = (properties: Properties): number =>
  listOf(properties['Policies']).reduce<number>((sum, policy) => sum + lengthOf(member(policy, 'PolicyDocument')), 0);

const statements = (document: unknown): number => {
  const given = member(document, 'Statement');
  return Array.isArray(given) ? given.length : 1;
};

const QUOTAS: Readonly<Record<string, readonly Quota[]>> = {
  'AWS::Lambda::Function': [
    NAME('FunctionName', 64, LAMBDA),
    {
      what: 'environment variables together (bytes)',
      most: 4096,
      measure: ({ Environment }) => Buffer.byteLength(plain(member(Environment, 'Variables') ?? {})),
      source: LAMBDA,
    },
    { what: 'Timeout (seconds)', most: 900, measure: ({ Timeout }) => Number(Timeout ?? 0), source: LAMBDA },
  ],
  'AWS::Events::Rule': [
    NAME('Name', 64, EVENTS),
    { what: 'targets', most: 5, measure: ({ Targets }) => listOf(Targets).length, source: EVENTS },
    { what: 'EventPattern (characters)', most: 2048, measure: ({ EventPattern }) => lengthOf(EventPattern), source: EVENTS },
  ],
  'AWS::SQS::Queue': [NAME('QueueName', 80, SQS)],
  'AWS::SQS::QueuePolicy': [
    { what: 'the policy (bytes)', most: 8192, measure: ({ PolicyDocument }) => lengthOf(PolicyDocument), source: SQS },
    { what: 'statements of the policy', most: 20, measure: ({ PolicyDocument }) => statements(PolicyDocument), source: SQS },
  ],
  'AWS::IAM::Role': [
    NAME('RoleName', 64, IAM),
    { what: 'inline policies together (characters)', most: 10_240, measure: policies, source: IAM },
    {
      what: 'the trust policy (characters)',
      most: 2048,
      measure: (all) => lengthOf(all['AssumeRolePolicyDocument']),
      source: IAM,
    },
    { what: 'managed policies', most: 10, measure: ({ ManagedPolicyArns }) => listOf(ManagedPolicyArns).length, source: IAM },
  ],
  'AWS::IAM::ManagedPolicy': [
    { what: 'the policy (characters)', most: 6144, measure: ({ PolicyDocument }) => lengthOf(PolicyDocument), source: IAM },
  ],
  'AWS::EventSchemas::Schema': [
    { what: 'Content (characters)', most: 100_000, measure: ({ Content }) => lengthOf(Content), source: SCHEMAS },
  ],
  'AWS::DynamoDB::Table': [
    NAME('TableName', 255, 'DynamoDB Developer Guide, "Quotas"'),
    {
      what: 'global secondary indexes',
      most: 20,
      measure: ({ GlobalSecondaryIndexes }) => listOf(GlobalSecondaryIndexes).length,
      source: 'DynamoDB Developer Guide, "Quotas"',
    },
  ],
};

const CLOUDFORMATION = 'CloudFormation User Guide, "Understand CloudFormation quotas"';

const sentence = (place: string, what: string, found: number, most: number, source: string): string =>
  `${place}: ${what} would be ${found}, and AWS takes ${most} (${source})`;

const rulesByBus = ({ Resources }: CompiledTemplate): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { Type, Properties = {} } of Object.values(Resources)) {
    const bus = Type === 'AWS::Events::Rule' ? plain(Properties['EventBusName'] ?? 'default') : undefined;
    if (bus !== undefined) counts.set(bus, (counts.get(bus) ?? 0) + 1);
  }
  return counts;
};

/** Rules of one bus (it can be raised, and is 100 in a few regions). */
const MOST_RULES = 300;

/** What in the template exceeds AWS's quotas, a sentence each: AWS would say so in the middle of a deployment, one at a time. */
export const quotaProblems = (template: CompiledTemplate): readonly string[] => {
  const resources = Object.entries(template.Resources);
  const body = JSON.stringify(template).length;
  return [
    ...(resources.length > 500 ? [sentence('the template', 'resources', resources.length, 500, CLOUDFORMATION)] : []),
    ...(body > 1_048_576 ? [sentence('the template', 'its size (bytes)', body, 1_048_576, CLOUDFORMATION)] : []),
    ...[...rulesByBus(template)]
      .filter(([, count]) => count > MOST_RULES)
      .map(([bus, count]) => sentence(`the bus ${bus}`, 'rules', count, MOST_RULES, EVENTS)),
    ...resources.flatMap(([id, { Type, Properties = {} }]) =>
      (QUOTAS[Type] ?? [])
        .map((quota) => ({ ...quota, found: quota.measure(Properties) }))
        .filter(({ found, most }) => found > most)
        .map(({ what, found, most, source }) => sentence(`${id} (${Type})`, what, found, most, source)),
    ),
  ];
};

/** Names of the catalogue's `${env:NAME}` that the functions would start without, and then refuse to work. */
export const unsetReferences = (template: CompiledTemplate, names: readonly string[]): readonly string[] => {
  const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  return names.filter((name) =>
    functions.some(({ Properties }) => {
      const value = member(member(Properties?.['Environment'], 'Variables'), name);
      return value === undefined || value === '';
    }),
  );
};
