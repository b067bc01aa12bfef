import type { Clock } from './clock.ts';
import { stopCodeBuild } from './codebuild/store.ts';
import type { Journal } from './data/journal.ts';
import { keepIn } from './data/keep.ts';
import { isDownloadPath } from './downloads/address.ts';
import { downloads } from './downloads/wire.ts';
import type { Faults } from './faults.ts';
import { createAuthorizer, type TrailRecord } from './iam/authorizer.ts';
import type { Need } from './iam/policy.ts';
import { createIamStore, type IamStore, roleWithArn } from './iam/store.ts';
import type { FunctionLoader } from './lambda/loader.ts';
import { stopLambda } from './lambda/store.ts';
import { networkAt } from './network/network-at.ts';
import { ownerOf } from './owner.ts';
import { HOME, type Place, placeIn } from './place.ts';
import type { Basics, BuildHost, Host, Network } from './ports.ts';
import { isRegistryPath, registryWire } from './registry/wire.ts';
import { admit } from './s3/admission.ts';
import type { Bucket } from './s3/model.ts';
import { isS3Request } from './s3/request.ts';
import type { Buckets } from './s3/store.ts';
import { type CallContext, loadActions } from './service.ts';
import type { Post } from './sns/store.ts';
import { findQueue } from './sqs/lookup.ts';
import { createStack, type Stack, type StackOptions } from './stack/create-stack.ts';
import { createStores, type Stores } from './stores.ts';
import type { StsStore } from './sts/store.ts';
import { describeCall } from './wire/describe-call.ts';
import type { Handle, LocalRequest, LocalResponse } from './wire/http.ts';
import type { ServiceName } from './wire/services.ts';
import { type Authorize, type BoundService, bindService, createWire } from './wire/wire.ts';

export interface CloudOptions extends Omit<Basics, 'place'> {
  readonly network: Network;
  /** Where SNS's e-mail arrives; absent: nowhere. */
  readonly post?: Post;
  /** What CodeBuild's builds run on; absent: they are refused. */
  readonly builds?: BuildHost;
  /** Where functions' code comes from. */
  readonly load: FunctionLoader;
  /** One line of a function's log that Lambda itself writes: what went wrong with an invocation. */
  readonly log: (functionName: string, line: string) => void;
  /** Where everything is kept; absent: nowhere. */
  readonly data?: Journal;
  /** What is made to go wrong. */
  readonly faults?: Faults;
  /** Every decision of IAM, as CloudTrail would deliver it. */
  readonly trail?: (record: TrailRecord) => void;
  /** Seconds from a task's creation until its containers run, where its image does not say otherwise. */
  readonly taskStartSeconds?: number;
  /** The machines that Systems Manager manages at home; absent: none. */
  readonly hosts?: readonly Host[];
}

export interface PlacedStackOptions extends StackOptions {
  /** Where it is created; absent: at home. */
  readonly place?: Place;
}

/** AWS of as many accounts and regions as are called, in this process. */
export interface Cloud {
  readonly handle: Handle;
  /** Creates a packaged template's resources, through the cloud's own API. */
  readonly createStack: (options: PlacedStackOptions) => Promise<Stack>;
  /** Brings back what the folder holds into what is there by now; from then on everything is kept. */
  readonly restore: () => void;
  /** Ends the functions and closes the listeners. */
  readonly stop: () => Promise<void>;
}

/** A new, empty cloud. */
export const createCloud = async (options: CloudOptions): Promise<Cloud> => {
  const { clock: given, random, network, load, log, trail, data, faults = {}, taskStartSeconds, builds, hosts, post } = options;
  const keeping: { flush: () => void } = { flush: () => undefined };
  const clock = data === undefined ? given : flushing(given, () => keeping.flush());
  const iams = new Map<string, IamStore>();
  const places = new Map<string, Stores>();
  const buckets: Buckets = new Map();
  const kept = data === undefined ? undefined : keepIn(data, { iamOf: (account) => iamOf(account), at: (place) => at(place) });
  if (kept !== undefined) keeping.flush = kept.flush;
  const known = ({ account, region }: Place): Stores | undefined => places.get(`${account}/${region}`);
  const iamOf = (account: string): IamStore => {
    const found = iams.get(account) ?? createIamStore({ clock, random, account });
    if (!iams.has(account)) kept?.keepIam(found);
    iams.set(account, found);
    return found;
  };
  const authorizer = createAuthorizer({
    clock,
    iamOf,
    iams: () => iams.values(),
    policyOf: (arn) => policyIn(arn, { known, iams, buckets }),
    ownerOf: ({ action, resource }) => (action === 's3:CreateBucket' ? undefined : bucketOf(resource, buckets)?.place.account),
    hereOf: (place) => known(place)?.here ?? { place, hashKeyOf: () => undefined, groupOf: () => undefined, tagsOf: () => ({}) },
    record: trail,
  });
  const world = {
    ...{
      clock,
      random,
      authorizer,
      load,
      log,
      faults,
      taskStartSeconds,
      builds,
      hosts,
      post,
      known,
      blobs: data?.blobs,
      bodies: data?.bodies,
      buckets,
    },
    access: {
      allows: ({ caller }: CallContext, asked: Need) =>
        authorizer.judge(authorizer.askerOf(caller.accessKeyId), asked, caller.region).allowed,
      demand: ({ caller }: CallContext, asked: Need) => authorizer.demand('s3', asked, caller),
    },
    open: (place: Place) => void at(place),
    network: (place: Place) => networkAt(place, network),
  };
  /** The services of a place; they are there from the first call on. */
  const at = ({ account, region }: Place): Stores => {
    const found = known({ account, region });
    if (found !== undefined) return found;
    const made = createStores({ account, region }, world);
    places.set(`${account}/${region}`, made);
    kept?.keepPlace(made);
    return made;
  };
  iamOf(HOME.account);
  at(HOME);
  const bind = async <Store>(
    service: ServiceName,
    storeIn: (place: Place) => Store,
    before: Authorize = () => undefined,
  ): Promise<BoundService> =>
    bindService(
      (input, { caller }) => storeIn(ownerOf(service, input, caller)),
      await loadActions<Store>(new URL(`./${service}/actions/`, import.meta.url)),
      (action, input, context) => {
        before(action, input, context);
        authorizer.authorize(service, action, input, context);
      },
    );
  const of =
    <Name extends keyof Stores>(name: Name) =>
    (place: Place): Stores[Name] =>
      at(place)[name];
  const sts: StsStore = { iamIn: (account) => iams.get(account), authorizer };
  const services: Readonly<Record<ServiceName, BoundService>> = {
    sqs: await bind('sqs', of('sqs')),
    dynamodb: await bind('dynamodb', of('dynamodb')),
    cloudwatch: await bind('cloudwatch', of('cloudwatch')),
    events: await bind('events', of('events')),
    ecs: await bind('ecs', of('ecs')),
    ecr: await bind('ecr', of('ecr')),
    codebuild: await bind('codebuild', of('codebuild')),
    codedeploy: await bind('codedeploy', of('codedeploy')),
    ssm: await bind('ssm', of('ssm')),
    secretsmanager: await bind('secretsmanager', of('secrets')),
    sns: await bind('sns', of('sns')),
    sts: await bind('sts', () => sts),
    iam: await bind('iam', ({ account }) => iamOf(account)),
    lambda: await bind('lambda', of('lambda')),
    s3: await bind('s3', of('s3'), (action, input, context) => admit(buckets, action, input, context)),
  };
  const identityOf = (accessKeyId: string) => authorizer.askerOf(accessKeyId).principal;
  const wire = createWire({ random, services, identityOf, now: () => clock.now() });
  const registry = registryWire((place) => at(place).ecr, authorizer);
  const { call: intercept } = faults;
  const download = downloads({ now: () => clock.now(), random, known });
  const answerOf = (request: LocalRequest): LocalResponse | Promise<LocalResponse> => {
    if (isS3Request(request)) return wire(request);
    if (isDownloadPath(request.path)) return download(request);
    return isRegistryPath(request.path) ? registry(request) : wire(request);
  };
  const answer: Handle = async (request) => {
    const response = await answerOf(request);
    keeping.flush();
    return response;
  };
  const accountOf = (accessKeyId: string): string => authorizer.accountOf(accessKeyId);
  const handle: Handle =
    intercept === undefined
      ? answer
      : (request) => intercept(describeCall(request, accountOf), (other = request) => answer(other));
  return {
    handle,
    createStack({ place = HOME, ...stack }) {
      return createStack(handle, { lambda: at(place).lambda, iam: iamOf(place.account), place }, stack);
    },
    restore: () => kept?.restore(),
    async stop() {
      keeping.flush();
      keeping.flush = () => undefined;
      await Promise.all([...places.values()].flatMap(({ lambda, codebuild }) => [stopLambda(lambda), stopCodeBuild(codebuild)]));
      await network.close();
    },
  };
};

/** What a timer has changed is kept too. */
const flushing = (clock: Clock, flush: () => void): Clock => ({
  ...clock,
  after: (milliseconds, task) =>
    clock.after(milliseconds, async () => {
      await task();
      flush();
    }),
});

interface Policies {
  readonly known: (place: Place) => Stores | undefined;
  readonly iams: ReadonlyMap<string, IamStore>;
  readonly buckets: Buckets;
}

/** An ARN of S3 names the bucket, and neither account nor region. */
const bucketOf = (arn: string, buckets: Buckets): Bucket | undefined => {
  const [, name = ''] = /^arn:aws:s3:::([^/]+)/.exec(arn) ?? [];
  return buckets.get(name);
};

/** The policy of the resource that has this ARN; a role's is its trust. */
const policyIn = (arn: string, { known, iams, buckets }: Policies): unknown => {
  const [, , service, , account = '', resource = ''] = arn.split(':');
  if (service === 's3') return bucketOf(arn, buckets)?.policy;
  if (service === 'iam') {
    const iam = iams.get(account);
    return iam === undefined ? undefined : roleWithArn(iam, arn)?.trust.text;
  }
  const stores = known(placeIn(arn, HOME));
  if (stores === undefined) return undefined;
  const { sqs, lambda, events, ecr } = stores;
  if (service === 'sqs') return findQueue(sqs, arn)?.attributes.get('Policy');
  if (service === 'lambda') return lambda.policies.get(arn.slice(arn.lastIndexOf(':') + 1));
  if (service === 'ecr') return ecr.registry.repositories.get(resource.replace('repository/', ''))?.policy;
  return service === 'events' ? events.buses.get(resource.replace('event-bus/', ''))?.policy : undefined;
};
