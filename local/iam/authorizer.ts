import { AwsError } from '../errors.ts';
import { accessKeyOf } from '../lambda/identity.ts';
import { HOME, isAccount, type Place, placeIn } from '../place.ts';
import type { Basics, Permissions } from '../ports.ts';
import type { CallContext } from '../service.ts';
import type { ServiceName } from '../wire/services.ts';
import { denialText, denied } from './denial.ts';
import { type Decision, decide, type NamedPolicy } from './evaluate.ts';
import { cloudWatchNeeds } from './needs/cloudwatch.ts';
import { codeBuildNeeds } from './needs/codebuild.ts';
import { codeDeployNeeds } from './needs/codedeploy.ts';
import { dynamoDbNeeds } from './needs/dynamodb.ts';
import { ecrNeeds } from './needs/ecr.ts';
import { ecsNeeds } from './needs/ecs.ts';
import { eventsNeeds } from './needs/events.ts';
import { iamNeeds, stsNeeds } from './needs/iam.ts';
import { lambdaNeeds } from './needs/lambda.ts';
import { type Here, type Input, type NeedsOf, need } from './needs/need.ts';
import { s3Needs } from './needs/s3.ts';
import { secretsNeeds, ssmNeeds } from './needs/secrets.ts';
import { snsNeeds } from './needs/sns.ts';
import { sqsNeeds, WITHIN_ACCOUNT } from './needs/sqs.ts';
import type { Keys } from './pattern.ts';
import { type Need, type Principal, type PrincipalMatch, readPolicy } from './policy.ts';
import { type IamStore, type Key, policiesOf, type Role, roleWithArn, uniqueId } from './store.ts';

const NEEDS: Readonly<Record<ServiceName, NeedsOf>> = {
  sqs: sqsNeeds,
  dynamodb: dynamoDbNeeds,
  cloudwatch: cloudWatchNeeds,
  events: eventsNeeds,
  ecs: ecsNeeds,
  ecr: ecrNeeds,
  codebuild: codeBuildNeeds,
  sns: snsNeeds,
  codedeploy: codeDeployNeeds,
  ssm: ssmNeeds,
  secretsmanager: secretsNeeds,
  sts: stsNeeds,
  iam: iamNeeds,
  lambda: lambdaNeeds,
  s3: s3Needs,
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
  readonly clock: Basics['clock'];
  /** IAM of an account; it is there from the first time on that it is asked for. */
  readonly iamOf: (account: string) => IamStore;
  /** IAM of every account that is there. */
  readonly iams: () => Iterable<IamStore>;
  /** The policy of a queue, a bus, a function, a repository or a bucket of any place; `undefined`: it has none. */
  readonly policyOf: (resource: string) => unknown;
  /** The account of a resource whose ARN names none; `undefined`: it is not known, or is about to be the caller's. */
  readonly ownerOf: (need: Need) => string | undefined;
  readonly hereOf: (place: Place) => Here;
  readonly record: ((record: TrailRecord) => void) | undefined;
}

export interface Authorizer {
  /** Throws the service's AccessDenied, unless the caller may do everything that the call needs. */
  readonly authorize: (service: ServiceName, action: string, input: Input, context: CallContext) => void;
  /** Throws the service's AccessDenied, unless the caller has this one permission. */
  readonly demand: (service: ServiceName, need: Need, caller: CallContext['caller']) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly askerOf: (accessKeyId: string) => Asker;
  /** The account that an access key belongs to. */
  readonly accountOf: (accessKeyId: string) => string;
  /** One permission of somebody, in a region that is called. */
  readonly judge: (asker: Asker, need: Need, region: string) => Decision;
  /** How a role's trust admits somebody; `undefined`: not at all. */
  readonly trust: (asker: Asker, role: Role, region: string) => PrincipalMatch;
  /** What the services of a place ask before they act for somebody of their account. */
  readonly permissionsIn: (place: Place) => Permissions;
}

const EVERYTHING: NamedPolicy = {
  name: 'administrator',
  statements: readPolicy({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, 'identity'),
};

/** Whoever has an access key that nobody gave out is the account's administrator. */
const administratorOf = (account: string): Asker => ({
  principal: { kind: 'user', account, arn: `arn:aws:iam::${account}:user/local` },
  policies: [EVERYTHING],
  keys: { 'aws:username': 'local', 'aws:PrincipalType': 'User', 'aws:userid': uniqueId('AIDA', `${account}/local`) },
});

export const createAuthorizer = ({ clock, iamOf, iams, policyOf, ownerOf, hereOf, record }: AuthorizerOptions): Authorizer => {
  const resourcePolicies = policyCache();
  const administrators = new Map<string, Asker>();

  const administrator = (account: string): Asker => {
    const found = administrators.get(account) ?? administratorOf(account);
    administrators.set(account, found);
    return found;
  };

  const keyOf = (accessKeyId: string): { readonly iam: IamStore; readonly key: Key } | undefined => {
    for (const iam of iams()) {
      const key = iam.keys.get(accessKeyId);
      if (key !== undefined) return { iam, key };
    }
    return undefined;
  };

  /** A key of twelve digits is that account's; every other that nobody gave out is home's. */
  const accountOf = (accessKeyId: string): string =>
    keyOf(accessKeyId)?.iam.account ?? (isAccount(accessKeyId) ? accessKeyId : HOME.account);

  const judge = (asker: Asker, asked: Need, region: string): Decision => {
    const { account: named } = placeIn(asked.resource, { account: asker.principal.account, region });
    const owner = ownerOf(asked) ?? named;
    const isOwn = owner === asker.principal.account;
    const decision = decide({
      principal: asker.principal,
      need: asked,
      owner,
      keys: keysOf(clock, asker, asked, { account: owner, region }),
      identity: asker.policies,
      resource:
        isOwn || !WITHIN_ACCOUNT.has(asked.action) ? resourcePolicies(asked.resource, policyOf(asked.resource)) : undefined,
    });
    const { action, resource } = asked;
    record?.({ principal: asker.principal.arn, action, resource, allowed: decision.allowed, grants: decision.grants });
    return decision;
  };

  const askerOf = (accessKeyId: string): Asker => {
    const found = keyOf(accessKeyId);
    if (found === undefined) return administrator(accountOf(accessKeyId));
    const { iam, key } = found;
    if (key.kind === 'session' && key.until <= clock.now())
      throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired', {
        status: 403,
        queryCode: 'ExpiredToken',
      });
    if (key.kind === 'user') return userAsker(iam, key.user);
    return sessionAsker(iam, key.role, key.session);
  };

  const demandOf = (service: ServiceName, asker: Asker, asked: Need, region: string): void => {
    const decision = judge(asker, asked, region);
    if (!decision.allowed) throw denied(service, denialText(asker.principal.arn, asked, decision));
  };

  return {
    now: () => clock.now(),
    judge,
    askerOf,
    accountOf,
    trust: (asker, role, region) => trustOf(clock, asker, role, region),
    authorize(service, action, input, { caller }) {
      const asker = askerOf(caller.accessKeyId);
      for (const asked of NEEDS[service][action]?.(input, hereOf(caller)) ?? [need(`${service}:${action}`, '*')]) {
        demandOf(service, asker, asked, caller.region);
      }
    },
    demand: (service, asked, { accessKeyId, region }) => demandOf(service, askerOf(accessKeyId), asked, region),
    permissionsIn: (place) => ({
      refusal({ service, roleArn, session = service }, asked) {
        const iam = iamOf(place.account);
        const asker = roleArn === undefined ? serviceAsker(place, service) : roleAsker(iam, roleArn, session);
        if (asker === undefined) return `the role ${roleArn} does not exist`;
        const decision = judge(asker, asked, placeIn(asked.resource, place).region);
        return decision.allowed ? undefined : denialText(asker.principal.arn, asked, decision);
      },
      trusts: (roleArn, service, keys = {}) => {
        const role = roleWithArn(iamOf(place.account), roleArn);
        return role !== undefined && trustOf(clock, serviceAsker(place, service), role, place.region, keys) === 'itself';
      },
      open(functionName, roleArn) {
        iamOf(place.account).keys.set(accessKeyOf(functionName, place), {
          kind: 'session',
          role: roleArn.slice(roleArn.lastIndexOf('/') + 1),
          session: functionName,
          until: Number.POSITIVE_INFINITY,
        });
      },
    }),
  };
};

const trustOf = (
  clock: Basics['clock'],
  asker: Asker,
  role: Role,
  region: string,
  about: NonNullable<Need['keys']> = {},
): PrincipalMatch => {
  const asked = need('sts:AssumeRole', role.arn, about);
  const { account } = placeIn(role.arn, { account: asker.principal.account, region });
  const keys = keysOf(clock, asker, asked, { account, region });
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
    principal: { kind: 'user', account: iam.account, arn: user.arn },
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
      account: iam.account,
      arn: `arn:aws:sts::${iam.account}:assumed-role/${name}/${session}`,
      ...(role === undefined ? {} : { roleArn: role.arn }),
    },
    policies: role === undefined ? [] : policiesOf(iam, role),
    keys: {
      'aws:PrincipalType': 'AssumedRole',
      'aws:userid': `${role?.id ?? uniqueId('AROA', `${iam.account}/${name}`)}:${session}`,
    },
  };
};

const roleAsker = (iam: IamStore, roleArn: string, session: string): Asker | undefined => {
  const role = roleWithArn(iam, roleArn);
  return role === undefined ? undefined : sessionAsker(iam, role.name, session);
};

const serviceAsker = ({ account }: Place, service: string): Asker => ({
  principal: { kind: 'service', account, arn: service },
  policies: [],
  keys: { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': service },
});

/** Worked out when a statement asks for one: most ask for none. The place is the resource's account and the region that is called. */
const keysOf = (clock: Basics['clock'], asker: Asker, asked: Need, place: Place): Keys => {
  let known: Keys | undefined;
  return {
    get(key) {
      known ??= new Map(
        Object.entries(allKeys(clock.now(), asker, asked, place)).map(([name, value]) => [
          name.toLowerCase(),
          typeof value === 'string' ? [value] : value,
        ]),
      );
      return known.get(key);
    },
  };
};

/** What every request has (IAM User Guide, "AWS global condition context keys"), then what the caller and the call add. */
const allKeys = (
  now: number,
  { principal, keys }: Asker,
  asked: Need,
  { account, region }: Place,
): Readonly<Record<string, string | readonly string[]>> => ({
  'aws:CurrentTime': new Date(now).toISOString(),
  'aws:EpochTime': String(Math.floor(now / 1000)),
  // The local cloud is reached on this machine's own address; on AWS every client uses TLS.
  'aws:SecureTransport': 'true',
  'aws:RequestedRegion': region,
  'aws:ResourceAccount': account,
  ...(principal.kind === 'service'
    ? {}
    : {
        'aws:PrincipalArn': principal.roleArn ?? principal.arn,
        'aws:PrincipalAccount': principal.account,
        'aws:PrincipalIsAWSService': 'false',
      }),
  ...keys,
  ...asked.keys,
});

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
