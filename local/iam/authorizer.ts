import { AwsError } from '../errors.ts';
import { accessKeyOf } from '../lambda/identity.ts';
import type { Permissions } from '../ports.ts';
import { ACCOUNT, type CallContext, REGION } from '../service.ts';
import type { ServiceName } from '../wire/services.ts';
import { denialText, denied } from './denial.ts';
import { type Decision, decide, type NamedPolicy } from './evaluate.ts';
import { cloudWatchNeeds } from './needs/cloudwatch.ts';
import { codeDeployNeeds } from './needs/codedeploy.ts';
import { dynamoDbNeeds } from './needs/dynamodb.ts';
import { ecrNeeds } from './needs/ecr.ts';
import { ecsNeeds } from './needs/ecs.ts';
import { eventsNeeds } from './needs/events.ts';
import { iamNeeds, stsNeeds } from './needs/iam.ts';
import { lambdaNeeds } from './needs/lambda.ts';
import { type GroupOf, type HashKeys, type Input, type NeedsOf, need } from './needs/need.ts';
import { secretsNeeds, ssmNeeds } from './needs/secrets.ts';
import { sqsNeeds } from './needs/sqs.ts';
import type { Keys } from './pattern.ts';
import { type Need, type Principal, type PrincipalMatch, readPolicy } from './policy.ts';
import { type IamStore, policiesOf, type Role, roleWithArn } from './store.ts';

const NEEDS: Readonly<Record<ServiceName, NeedsOf>> = {
  sqs: sqsNeeds,
  dynamodb: dynamoDbNeeds,
  cloudwatch: cloudWatchNeeds,
  events: eventsNeeds,
  ecs: ecsNeeds,
  ecr: ecrNeeds,
  codedeploy: codeDeployNeeds,
  ssm: ssmNeeds,
  secretsmanager: secretsNeeds,
  sts: stsNeeds,
  iam: iamNeeds,
  lambda: lambdaNeeds,
};

/** One decision, as CloudTrail would record the call that it was made for. */
export interface TrailRecord {
  /** A user's or a session's ARN, or a service's name. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  /** The statements that allow it: the policy (`<role>/<policy>`, an ARN) and the statement's place in it. */
  readonly grants: Decision['grants'];
}

/** Who calls, and what speaks for them. */
export interface Asker {
  readonly principal: Principal;
  readonly policies: readonly NamedPolicy[];
  readonly keys: Readonly<Record<string, string>>;
}

export interface AuthorizerOptions {
  readonly iam: IamStore;
  /** The policy of a queue, a bus or a function; `undefined`: it has none. */
  readonly policyOf: (resource: string) => unknown;
  /** The name of a table's partition key. */
  readonly hashKeyOf: HashKeys;
  readonly groupOf: GroupOf;
  readonly record: ((record: TrailRecord) => void) | undefined;
}

export interface Authorizer {
  /** Throws the service's AccessDenied, unless the caller may do everything that the call needs. */
  readonly authorize: (service: ServiceName, action: string, input: Input, context: CallContext) => void;
  readonly askerOf: (accessKeyId: string) => Asker;
  /** One permission of somebody. */
  readonly judge: (asker: Asker, need: Need) => Decision;
  /** How a role's trust admits somebody; `undefined`: not at all. */
  readonly trust: (asker: Asker, role: Role) => PrincipalMatch;
  /** The ARN of whoever has this access key. */
  readonly identityOf: (accessKeyId: string) => string;
  readonly permissions: Permissions;
}

/** Whoever has an access key that nobody gave out is the account's administrator. */
const ADMINISTRATOR: Asker = {
  principal: { kind: 'user', account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/local` },
  policies: [
    {
      name: 'administrator',
      statements: readPolicy({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, 'identity'),
    },
  ],
  keys: { 'aws:username': 'local', 'aws:PrincipalType': 'User' },
};

export const createAuthorizer = ({ iam, policyOf, hashKeyOf, groupOf, record }: AuthorizerOptions): Authorizer => {
  const resourcePolicies = policyCache();

  const judge = (asker: Asker, asked: Need): Decision => {
    const decision = decide({
      principal: asker.principal,
      need: asked,
      keys: keysOf(iam, asker, asked),
      identity: asker.policies,
      resource: resourcePolicies(asked.resource, policyOf(asked.resource)),
    });
    const { action, resource } = asked;
    record?.({ principal: asker.principal.arn, action, resource, allowed: decision.allowed, grants: decision.grants });
    return decision;
  };

  const askerOf = (accessKeyId: string): Asker => {
    const key = iam.keys.get(accessKeyId);
    if (key === undefined) return ADMINISTRATOR;
    if (key.kind === 'session' && key.until <= iam.clock.now())
      throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired', {
        status: 403,
        queryCode: 'ExpiredToken',
      });
    if (key.kind === 'user') return userAsker(iam, key.user);
    return sessionAsker(iam, key.role, key.session);
  };

  return {
    judge,
    askerOf,
    trust: (asker, role) => trustOf(iam, asker, role),
    identityOf: (accessKeyId) => askerOf(accessKeyId).principal.arn,
    authorize(service, action, input, { caller }) {
      const asker = askerOf(caller.accessKeyId);
      for (const asked of NEEDS[service][action]?.(input, hashKeyOf, groupOf) ?? [need(`${service}:${action}`, '*')]) {
        const decision = judge(asker, asked);
        if (!decision.allowed) throw denied(service, denialText(asker.principal.arn, asked, decision));
      }
    },
    permissions: {
      refusal({ service, roleArn, session = service }, asked) {
        const asker = roleArn === undefined ? serviceAsker(service) : roleAsker(iam, roleArn, session);
        if (asker === undefined) return `the role ${roleArn} does not exist`;
        const decision = judge(asker, asked);
        return decision.allowed ? undefined : denialText(asker.principal.arn, asked, decision);
      },
      trusts: (roleArn, service) => {
        const role = roleWithArn(iam, roleArn);
        return role !== undefined && trustOf(iam, serviceAsker(service), role) === 'itself';
      },
      open(functionName, roleArn) {
        iam.keys.set(accessKeyOf(functionName), {
          kind: 'session',
          role: roleArn.slice(roleArn.lastIndexOf('/') + 1),
          session: functionName,
          until: Number.POSITIVE_INFINITY,
        });
      },
    },
  };
};

const trustOf = (iam: IamStore, asker: Asker, role: Role): PrincipalMatch => {
  const asked = need('sts:AssumeRole', role.arn);
  const keys = keysOf(iam, asker, asked);
  const fitting = role.trust.statements.filter(({ fits }) => fits(asked.action, asked.resource, keys));
  const matches = (effect: 'Allow' | 'Deny') =>
    fitting.filter((statement) => statement.effect === effect).map(({ principal }) => principal(asker.principal));
  if (matches('Deny').some((match) => match !== undefined)) return undefined;
  const allowing = matches('Allow');
  return allowing.includes('itself') ? 'itself' : allowing.find((match) => match !== undefined);
};

const userAsker = (iam: IamStore, name: string): Asker => {
  const user = iam.users.get(name);
  if (user === undefined) throw new Error(`the access key is one of a user that does not exist: ${name}`);
  return {
    principal: { kind: 'user', account: ACCOUNT, arn: user.arn },
    policies: policiesOf(iam, user),
    keys: { 'aws:username': name, 'aws:PrincipalType': 'User', 'aws:userid': user.id },
  };
};

/** Of a role that is gone, nothing is allowed any more. */
const sessionAsker = (iam: IamStore, name: string, session: string): Asker => {
  const role = iam.roles.get(name);
  return {
    principal: {
      kind: 'role',
      account: ACCOUNT,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
      ...(role === undefined ? {} : { roleArn: role.arn }),
    },
    policies: role === undefined ? [] : policiesOf(iam, role),
    keys: { 'aws:PrincipalType': 'AssumedRole', ...(role === undefined ? {} : { 'aws:userid': `${role.id}:${session}` }) },
  };
};

const roleAsker = (iam: IamStore, roleArn: string, session: string): Asker | undefined => {
  const role = roleWithArn(iam, roleArn);
  return role === undefined ? undefined : sessionAsker(iam, role.name, session);
};

const serviceAsker = (service: string): Asker => ({
  principal: { kind: 'service', account: ACCOUNT, arn: service },
  policies: [],
  keys: { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': service },
});

/** What every request has (IAM User Guide, "AWS global condition context keys"), then what the caller and the call add. */
const keysOf = (iam: IamStore, { principal, keys }: Asker, asked: Need): Keys => {
  const now = iam.clock.now();
  const all: Readonly<Record<string, string | readonly string[]>> = {
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    // The local cloud is reached on this machine's own address; on AWS every client uses TLS.
    'aws:SecureTransport': 'true',
    'aws:RequestedRegion': REGION,
    'aws:ResourceAccount': ACCOUNT,
    ...(principal.kind === 'service'
      ? {}
      : {
          'aws:PrincipalArn': principal.roleArn ?? principal.arn,
          'aws:PrincipalAccount': ACCOUNT,
          'aws:PrincipalIsAWSService': 'false',
        }),
    ...keys,
    ...asked.keys,
  };
  return new Map(Object.entries(all).map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : value]));
};

/** Reads each text of a policy once. */
const policyCache = () => {
  const known = new Map<string, NamedPolicy['statements']>();
  return (resource: string, document: unknown): NamedPolicy | undefined => {
    if (document === undefined) return undefined;
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    const statements = known.get(text) ?? readPolicy(text, 'resource');
    known.set(text, statements);
    return { name: resource, statements };
  };
};
