import type { Catalogue, RegistryPlace } from '../../shared/catalogue/catalogue.ts';
import type { Settings } from '../../shared/deployment/settings.ts';
import { SOURCE } from '../../shared/events/sources.ts';
import { ecrOf } from '../../shared/registries/image-reference.ts';
import { targets } from '../../shared/targets/registry.ts';
import type { Statement, TargetMethod } from '../../shared/targets/target.ts';
import { arnOf, logs, publishesAs, reads, readsSecret, sends, TRACES } from './grants.ts';
import { HERE } from './rules.ts';
import { allow, divided, merged, type Resource, type RoleStatement } from './statements.ts';
import { notifiersIn, roleOf } from './subscribers.ts';

/** Every `*` that is left, and why AWS cannot narrow it; a test compares the roles with this. */
export const REASONS_FOR_ANY_RESOURCE: Readonly<Record<string, string>> = {
  'ecs:DescribeTaskDefinition': 'AWS knows no resource for DescribeTaskDefinition (Service Authorization Reference, Amazon ECS)',
  'ecs:ListTasks':
    'ListTasks of a service is authorized on *, and narrowed by its cluster (Service Authorization Reference, Amazon ECS)',
  'ecr:GetAuthorizationToken': 'a token is for every registry that whoever asks may use (API reference, GetAuthorizationToken)',
  'cloudwatch:DescribeAlarms':
    'composite alarms are returned only where DescribeAlarms is allowed on * (API reference, DescribeAlarms)',
  'xray:PutTraceSegments': 'X-Ray knows no resource for it (Service Authorization Reference, AWS X-Ray)',
  'xray:PutTelemetryRecords': 'X-Ray knows no resource for it (Service Authorization Reference, AWS X-Ray)',
};

const publishes = publishesAs(SOURCE);

/** TransactWriteItems needs the permission of each of its writes. */
const usesTable = allow(
  [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  [arnOf('Table')],
);

const keepsPromotions = allow(
  ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
  [arnOf('Table')],
);

/** The router keeps the answers of requests that it refuses. */
const keepsRejections = allow(['dynamodb:PutItem'], [arnOf('Table')]);

const sweepsTable = allow(['dynamodb:Query'], [{ 'Fn::Sub': '${Table.Arn}/index/due' }]);

const readsAlarms = allow(['cloudwatch:DescribeAlarms'], ['*']);

/** A request may name any repository of the pipeline's own registry, and no other registry. */
const asksEcr = allow(
  ['ecr:DescribeImages', 'ecr:BatchGetImage'],
  [{ 'Fn::Sub': 'arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/*' }],
);

/** `arn:…:repository/<name>` of a place in Amazon ECR; `undefined`: it is another registry's. */
const repositoryArn = ({ registry, repository }: RegistryPlace): Resource | undefined => {
  const ecr = ecrOf(registry);
  return ecr === undefined
    ? undefined
    : { 'Fn::Sub': `arn:\${AWS::Partition}:ecr:${ecr.region}:${ecr.account}:repository/${repository}` };
};

/** Of those that the function reaches in its own name: for the others their role counts. */
const arnsOf = (places: readonly RegistryPlace[]): readonly Resource[] => {
  const own = places.filter(({ role }) => role === undefined);
  const arns = own.map(repositoryArn).filter((arn) => arn !== undefined);
  return [...new Map(arns.map((arn) => [JSON.stringify(arn), arn])).values()];
};

/** Of each action on no resource, no statement. */
const allowOn = (actions: readonly string[], resources: readonly Resource[]): readonly RoleStatement[] =>
  resources.length === 0 ? [] : [allow(actions, resources)];

/** What the promotions of this catalogue need: to pull here, to push there, and no more (Amazon ECR User Guide, "Private repository policies"). */
const promotes = ({ promotions }: Catalogue): readonly RoleStatement[] => {
  const places = promotions.flatMap(({ from, to }) => [from, to]);
  const from = arnsOf(promotions.map((rule) => rule.from));
  const to = arnsOf(promotions.map((rule) => rule.to));
  const versions = arnsOf(promotions.filter(({ version }) => version === 'next-patch').map((rule) => rule.to));
  const scans = arnsOf(promotions.filter(({ gates }) => gates.scan !== undefined).map((rule) => rule.from));
  const credentials = new Set(places.flatMap(({ credentials: reference }) => reference ?? []));
  const roles = [...new Set(places.flatMap(({ role: taken }) => taken ?? []))];
  return [
    ...(from.length + to.length === 0 ? [] : [allow(['ecr:GetAuthorizationToken'], ['*'])]),
    ...allowOn(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:ListImageReferrers'], from),
    ...allowOn(
      [
        'ecr:BatchGetImage',
        'ecr:BatchCheckLayerAvailability',
        'ecr:InitiateLayerUpload',
        'ecr:UploadLayerPart',
        'ecr:CompleteLayerUpload',
        'ecr:PutImage',
      ],
      to,
    ),
    ...allowOn(['ecr:ListImages'], versions),
    ...allowOn(['ecr:DescribeImageScanFindings'], scans),
    ...[...credentials].map(readsSecret),
    ...allowOn(['sts:AssumeRole'], roles),
  ];
};

type Services = Catalogue['services'];

/** What one service is where it is reached in a role, or where the pipeline is. */
interface Spot extends Pick<Settings, 'target' | 'smoke'> {
  readonly account: string;
  readonly region: string;
  readonly role?: string;
}

const spotsOf = (services: Services): readonly Spot[] =>
  services.flatMap(({ settings }): readonly Spot[] => settings.sites ?? [{ ...HERE, ...settings }]);

/** What the function's calls to the targets of this catalogue need. */
const callsTargets = ({ services }: Catalogue, methods: readonly TargetMethod[]): readonly RoleStatement[] => {
  const spots = spotsOf(services);
  const roles = [...new Set(spots.flatMap(({ role: taken }) => taken ?? []))];
  return [
    ...callsOf(
      spots.filter(({ role: taken }) => taken === undefined),
      methods,
    ),
    ...allowOn(['sts:AssumeRole'], roles),
  ];
};

const callsOf = (spots: readonly Spot[], methods: readonly TargetMethod[]): readonly RoleStatement[] =>
  merged(
    spots.flatMap(({ target, account, region }): readonly Statement[] => {
      const permissions = targets[target.kind]?.permissions(target, { account, region });
      return permissions === undefined ? [] : methods.flatMap((method) => permissions[method] ?? []);
    }),
  );

/** The functions that the catalogue names as smoke tests. */
const invokesTests = (spots: readonly Spot[]): readonly RoleStatement[] => {
  const arns = spots.flatMap(({ smoke, account, region }) =>
    (smoke?.tests ?? []).flatMap((test) => {
      if (!('function' in test)) return [];
      return test.function.startsWith('arn:')
        ? test.function
        : `arn:\${AWS::Partition}:lambda:${region}:${account}:function:${test.function}`;
    }),
  );
  return allowOn(
    ['lambda:InvokeFunction'],
    [...new Set(arns)].map((arn): Resource => (arn.includes('${') ? { 'Fn::Sub': arn } : arn)),
  );
};

/** Characters of all inline policies of a role together, and of a managed policy (IAM User Guide, "IAM and AWS STS quotas"). */
const INLINE = 10_240;
const MANAGED = 6144;
/** Managed policies of a role; AWS raises it on request (the same page). */
const MOST_MANAGED = 10;

const documentOf = (statements: readonly RoleStatement[]) => ({ Version: '2012-10-17', Statement: statements });

/** Of a role: who may take it on, and its name where that is given. */
type RoleProperties = Readonly<Record<'AssumeRolePolicyDocument', unknown>> & Readonly<Record<string, unknown>>;

/** The role, with managed policies beside its own where that has no room for every service. */
const role = (
  name: string,
  statements: readonly RoleStatement[],
  properties: RoleProperties,
): readonly (readonly [logicalId: string, object])[] => {
  const [own = [], ...others] = divided(statements, INLINE, MANAGED);
  if (others.length > MOST_MANAGED) {
    throw new Error(
      `${name} would need ${others.length} managed policies beside its own, and IAM attaches ${MOST_MANAGED}: the catalogue has too many services for one stack; divide it between two`,
    );
  }
  const itself = {
    Type: 'AWS::IAM::Role',
    Properties: { ...properties, Policies: [{ PolicyName: 'calls', PolicyDocument: documentOf(own) }] },
  };
  const managed = others.map((more, index) => {
    const Properties = { PolicyDocument: documentOf(more), Roles: [{ Ref: name }] };
    return [`${name}Policy${index + 1}`, { Type: 'AWS::IAM::ManagedPolicy', Properties }] as const;
  });
  return [[name, itself], ...managed];
};

const OF_FUNCTIONS: RoleProperties = {
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  },
};

const decides = (name: string, queue: string, deadLetters: string) => [
  logs(name),
  reads(queue),
  sends(deadLetters, 'Inbox'),
  publishes,
  usesTable,
  readsAlarms,
];

const statementsFor = (catalogue: Catalogue): Readonly<Record<string, readonly RoleStatement[]>> => ({
  RouteRole: [
    logs('route'),
    reads('Inbox'),
    sends('DeployQueue', 'VerifyQueue', 'RollbackQueue', 'PromoteQueue', 'InboxDeadLetters'),
    publishes,
    keepsRejections,
  ],
  DeployRole: [
    ...decides('deploy', 'DeployQueue', 'DeployDeadLetters'),
    asksEcr,
    ...callsTargets(catalogue, ['current', 'start']),
  ],
  VerifyRole: [
    ...decides('verify', 'VerifyQueue', 'VerifyDeadLetters'),
    ...callsTargets(catalogue, ['observe', 'proceed']),
    ...invokesTests(spotsOf(catalogue.services).filter(({ role: taken }) => taken === undefined)),
  ],
  RollbackRole: [
    ...decides('rollback', 'RollbackQueue', 'RollbackDeadLetters'),
    asksEcr,
    ...callsTargets(catalogue, ['current', 'restore']),
  ],
  PromoteRole: [
    logs('promote'),
    reads('PromoteQueue'),
    sends('PromoteDeadLetters', 'Inbox'),
    publishes,
    keepsPromotions,
    ...promotes(catalogue),
  ],
  SweepRole: [logs('sweep'), sweepsTable, sends('Inbox')],
  ...Object.fromEntries(notifiersIn(catalogue).map((notifier) => [roleOf(notifier), notifier.statements(catalogue)])),
});

/** Who may take on a site's role: the functions that deploy, verify and roll back. */
const FUNCTIONS = ['DeployRole', 'VerifyRole', 'RollbackRole'];

/** Every method of a target. */
const METHODS: readonly TargetMethod[] = ['current', 'start', 'observe', 'restore', 'proceed'];

/**
 * The roles of an account that the catalogue names (S5.3), with what is reached in each and no more, for the functions of `pipeline` alone.
 * By ARN.
 */
export const siteRoles = (
  { services }: Catalogue,
  account: string,
  pipeline: { readonly account: string; readonly stack: string },
): ReadonlyMap<string, { readonly resources: Readonly<Record<string, object>>; readonly regions: readonly string[] }> => {
  const there = spotsOf(services).filter((spot) => spot.role !== undefined && spot.account === account);
  const arns = [...new Set(there.flatMap(({ role: taken }) => taken ?? []))];
  return new Map(
    arns.map((arn, index) => {
      const spots = there.filter(({ role: taken }) => taken === arn);
      const path = arn.slice(arn.indexOf(':role/') + ':role'.length);
      const slash = path.lastIndexOf('/') + 1;
      const statements = [...callsOf(spots, METHODS), ...invokesTests(spots), readsAlarms];
      const properties = {
        RoleName: path.slice(slash),
        ...(slash > 1 ? { Path: path.slice(0, slash) } : {}),
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${pipeline.account}:root` },
              Action: 'sts:AssumeRole',
              Condition: {
                ArnLike: {
                  'aws:PrincipalArn': FUNCTIONS.map(
                    (name) => `arn:aws:iam::${pipeline.account}:role/${pipeline.stack}-${name}-*`,
                  ),
                },
              },
            },
          ],
        },
      };
      const resources = Object.fromEntries(role(`Role${index === 0 ? '' : index + 1}`, statements, properties));
      return [arn, { resources, regions: [...new Set(spots.map(({ region }) => region))] }] as const;
    }),
  );
};

/** Each function may do what it does, and no more (I10). Throws where the catalogue's services do not fit into a role's policies. */
export const rolesFor = (catalogue: Catalogue): { readonly Resources: Readonly<Record<string, object>> } => ({
  Resources: Object.fromEntries(
    Object.entries(statementsFor(catalogue)).flatMap(([name, statements]) => role(name, [...statements, TRACES], OF_FUNCTIONS)),
  ),
});
