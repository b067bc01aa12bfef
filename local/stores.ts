import { type CloudWatchStore, createCloudWatchStore } from './cloudwatch/store.ts';
import type { CodeBuildStore } from './codebuild/model.ts';
import { createCodeBuildStore } from './codebuild/store.ts';
import type { CodeDeployStore } from './codedeploy/model.ts';
import { createCodeDeployStore } from './codedeploy/store.ts';
import { createDynamoDbStore, type DynamoDbStore } from './dynamodb/store.ts';
import { pullFrom } from './ecr/pull.ts';
import { createEcrStore, type EcrStore } from './ecr/store.ts';
import { createEcsStore, type EcsStore } from './ecs/store.ts';
import { createEventsStore, type EventsStore } from './events/store.ts';
import type { Faults } from './faults.ts';
import type { Authorizer } from './iam/authorizer.ts';
import type { Here } from './iam/needs/need.ts';
import { readCodeFrom } from './lambda/code-objects.ts';
import { imageRegistry } from './lambda/image-registry.ts';
import { functionsOf } from './lambda/invoke-later.ts';
import type { FunctionLoader } from './lambda/loader.ts';
import { createLambdaStore, type LambdaStore } from './lambda/store.ts';
import { HOME, isSame, type Place } from './place.ts';
import type { Basics, BuildHost, Host, Network } from './ports.ts';
import type { Blobs } from './registry/store.ts';
import type { Bodies } from './s3/bodies.ts';
import { type Access, type Buckets, createS3Store, type S3Store } from './s3/store.ts';
import { createSecretsStore, type SecretsStore } from './secretsmanager/store.ts';
import { createSnsStore, type Post, type SnsStore } from './sns/store.ts';
import { createSqsStore, type SqsStore } from './sqs/store.ts';
import { createSsmStore, type SsmStore } from './ssm/store.ts';

/** Everything that the services of one place know; what IAM knows is the account's. */
export interface Stores {
  readonly place: Place;
  readonly sqs: SqsStore;
  readonly dynamodb: DynamoDbStore;
  readonly events: EventsStore;
  readonly cloudwatch: CloudWatchStore;
  readonly ecr: EcrStore;
  readonly ecs: EcsStore;
  readonly codebuild: CodeBuildStore;
  readonly codedeploy: CodeDeployStore;
  readonly sns: SnsStore;
  readonly ssm: SsmStore;
  readonly secrets: SecretsStore;
  readonly lambda: LambdaStore;
  readonly s3: S3Store;
  readonly here: Here;
}

/** What places share, and how one reaches another. */
export interface World extends Omit<Basics, 'place'> {
  readonly authorizer: Authorizer;
  readonly network: (place: Place) => Pick<Network, 'serve' | 'address'>;
  readonly load: FunctionLoader;
  readonly log: (functionName: string, line: string) => void;
  readonly faults: Faults;
  /** Where layers are kept, once for all registries; absent: in memory, in each. */
  readonly blobs?: Blobs | undefined;
  /** Where the bodies of S3's objects are kept; absent: in memory. */
  readonly bodies?: Bodies | undefined;
  /** Every bucket of every place. */
  readonly buckets: Buckets;
  readonly access: Access;
  readonly taskStartSeconds?: number | undefined;
  /** A place comes to be there. */
  readonly open: (place: Place) => void;
  readonly builds?: BuildHost | undefined;
  /** The machines that Systems Manager manages at home. */
  readonly hosts?: readonly Host[] | undefined;
  /** Where e-mail arrives. */
  readonly post?: Post | undefined;
  /** `undefined`: nobody has called that place yet. */
  readonly known: (place: Place) => Stores | undefined;
}

/** The services of a place, empty. */
export const createStores = (place: Place, world: World): Stores => {
  const { clock, random, authorizer, load, log, faults, blobs, taskStartSeconds } = world;
  const { buckets, bodies, access, open, builds, hosts } = world;
  const basics: Basics = { clock, random, place };
  const permissions = authorizer.permissionsIn(place);
  const dynamodb = createDynamoDbStore(basics);
  const sqs = createSqsStore(basics);
  const network = world.network(place);
  const registry = (other: Place) => world.known(other)?.ecr;
  const lambda = createLambdaStore({
    ...basics,
    queues: sqs.queues,
    permissions,
    load,
    log,
    network,
    images: imageRegistry({ place, authorizer, registry }),
    readCode: readCodeFrom(() => s3),
    blobs,
    readySeconds: taskStartSeconds,
  });
  const events = createEventsStore({
    ...basics,
    queues: sqs.queues,
    permissions,
    functions: functionsOf(lambda),
    faults,
    undelivered: (line) => log('eventbridge', `not delivered: ${line}`),
    elsewhere: (other) => world.known(other)?.events,
  });
  const cloudwatch = createCloudWatchStore({ ...basics, events });
  const ecr = createEcrStore({ ...basics, events, ...(blobs === undefined ? {} : { blobs }) });
  const ecs = createEcsStore({
    ...basics,
    ...(taskStartSeconds === undefined ? {} : { taskStartSeconds }),
    events,
    alarms: cloudwatch,
    images: ecr.images,
    pull: pullFrom({ place, authorizer, registry }),
    network,
    functions: functionsOf(lambda),
  });
  const ssm = createSsmStore({ ...basics, events, hosts: isSame(place, HOME) ? hosts : [] });
  const codedeploy = createCodeDeployStore({ ...basics, events, alarms: cloudwatch, ecs });
  const s3 = createS3Store({ ...basics, buckets, bodies, access, open });
  return {
    place,
    sqs,
    dynamodb,
    events,
    cloudwatch,
    ecr,
    ecs,
    codebuild: createCodeBuildStore({ ...basics, events, permissions, host: builds }),
    codedeploy,
    ssm,
    sns: createSnsStore(basics, world.post),
    secrets: createSecretsStore(basics),
    lambda,
    s3,
    here: {
      place,
      tagsOf: (id) => ssm.hosts.get(id)?.tags ?? {},
      hashKeyOf: (name) => dynamodb.tables.get(name)?.schema.hash.name,
      groupOf(id) {
        const found = codedeploy.deployments.get(id);
        return found === undefined ? undefined : `${found.application}/${found.group}`;
      },
    },
  };
};
