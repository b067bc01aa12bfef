import { CodeDeployClient, CreateApplicationCommand, CreateDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import { CreateClusterCommand, CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { manualClock } from '../../../local/clock.ts';
import { createCodeDeployStore } from '../../../local/codedeploy/store.ts';
import { createEcsStore } from '../../../local/ecs/store.ts';
import { AwsError } from '../../../local/errors.ts';
import imageFile from '../../../local/images.json' with { type: 'json' };
import type { ImageFile } from '../../../local/images.ts';
import { virtualNetwork } from '../../../local/network/virtual-network.ts';
import { HOME } from '../../../local/place.ts';
import type { AlarmState, ServiceEvent } from '../../../local/ports.ts';
import { ACCOUNT, loadActions, REGION } from '../../../local/service.ts';
import { ecrWith } from '../../local/ecr/registry.ts';

/** What happens to one call: an `AwsError` is answered as AWS would, another error is a broken connection. */
export interface Fault {
  /** Instead of the call. */
  readonly before?: Error;
  /** The call takes effect, and its answer is lost. */
  readonly after?: Error;
  /** The answer is another one. */
  readonly change?: (answer: Answer) => Answer;
}

export type Answer = Record<string, unknown>;

interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export const REPOSITORY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/preprod`;

const TARGET_GROUP = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/api/6d0ecf831eec9f09`;

const rule = (id: string) =>
  `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:listener-rule/app/main/50dc6c495c0c9188/f2f7dc8efc522ab2/${id}`;

/** What a service needs to shift traffic between two revisions. */
export const LISTENERS = {
  alternateTargetGroupArn: `${TARGET_GROUP.slice(0, -1)}0`,
  productionListenerRule: rule('9683b2d02a6cabee'),
  testListenerRule: rule('0467ef3c8400ae65'),
  roleArn: `arn:aws:iam::${ACCOUNT}:role/ecs-shifts-traffic`,
};

/** Beside the examples: one whose task runs well at first, and ends by itself after 7 s. */
const FRAGILE = { tags: ['fragile'], labels: { 'switchyard.local.exit-code': '1', 'switchyard.local.exit-after-seconds': '7' } };

const { images } = (await ecrWith({ ...imageFile, preprod: [...imageFile.preprod, FRAGILE] } as unknown as ImageFile)).store;

export const digestOf = (tag: string): string => images.find('preprod', tag)?.digest ?? '';

const context = {
  caller: { account: ACCOUNT, region: REGION, accessKeyId: 'test', arn: `arn:aws:iam::${ACCOUNT}:user/local` },
  requestId: 'r',
  endpoint: 'http://local',
};

const bodyOf = ({ body }: Request): string => (typeof body === 'string' ? body : new TextDecoder().decode(body));

const answered = (status: number, body: unknown) => ({
  response: {
    statusCode: status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: new TextEncoder().encode(JSON.stringify(body)),
  },
});

/** The local ECS behind the ordinary SDK client, without a socket; `calls` tells what was asked of it. `answer`: every function's. */
export const localEcs = async (answer?: unknown) => {
  const clock = manualClock();
  const alarms = new Map<string, AlarmState>();
  const listeners: ((name: string, state: AlarmState) => void)[] = [];
  const told: ServiceEvent[] = [];
  const asked: { readonly arn: string; readonly payload: unknown }[] = [];
  let seed = 1;
  const network = virtualNetwork(clock);
  const store = createEcsStore({
    clock,
    place: HOME,
    pull: () => undefined,
    random: () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    },
    events: { publish: (event) => void told.push(event) },
    alarms: {
      state: (name) => alarms.get(name),
      onChange: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
    },
    images,
    network,
    functions: {
      ask: async (arn, payload) => {
        asked.push({ arn, payload });
        return answer === undefined ? { problem: `there is no function ${arn}` } : { answer };
      },
    },
  });
  const actions = await loadActions<typeof store>(new URL('../../../local/ecs/actions/', import.meta.url));
  const shifter = createCodeDeployStore({
    clock: store.clock,
    place: HOME,
    random: store.random,
    events: store.events,
    alarms: store.alarms,
    ecs: store,
  });
  const shifts = await loadActions<typeof shifter>(new URL('../../../local/codedeploy/actions/', import.meta.url));
  const calls: { readonly service: string; readonly action: string; readonly input: Answer }[] = [];
  const faults: { next: (action: string, count: number) => Fault | undefined } = { next: () => undefined };
  const handle = async (request: Request) => {
    const [service = '', action = ''] = request.headers['x-amz-target']?.split('.') ?? [];
    const isShift = service.startsWith('CodeDeploy');
    const input: Answer = JSON.parse(bodyOf(request));
    calls.push({ service: isShift ? 'codedeploy' : 'ecs', action, input });
    const fault = faults.next(action, calls.length);
    try {
      if (fault?.before !== undefined) throw fault.before;
      const answer = (await (isShift
        ? shifts[action]?.(shifter, input, context)
        : actions[action]?.(store, input, context))) as Answer;
      if (fault?.after !== undefined) throw fault.after;
      return answered(200, fault?.change === undefined ? answer : fault.change(structuredClone(answer)));
    } catch (error) {
      if (error instanceof AwsError) return answered(error.status, { __type: error.code, message: error.message });
      throw error;
    }
  };
  const access = {
    region: REGION,
    endpoint: 'http://local',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { handle },
  };
  const ecs = new ECSClient(access);
  const codedeploy = new CodeDeployClient(access);
  const setAlarm = (name: string, state: AlarmState) => {
    alarms.set(name, state);
    for (const listener of listeners) listener(name, state);
  };
  return { asked, clock, ecs, codedeploy, calls, faults, setAlarm, told, fetch: network.fetch };
};

/** The client that a target asks for. */
export const clientOf =
  (ecs: ECSClient, codedeploy?: CodeDeployClient) =>
  <T>(Client: new (configuration: object) => T): T =>
    ((Client as unknown) === CodeDeployClient ? codedeploy : ecs) as T;

interface Setting {
  readonly desiredCount?: number;
  readonly breaker?: boolean;
  readonly alarm?: string;
  readonly sidecar?: boolean;
  /** What every function answers; absent: there is none. */
  readonly answer?: unknown;
  /** Whether CodeDeploy deploys it: application `shop`, group `api`. */
  readonly byCodeDeploy?: Readonly<Record<string, unknown>>;
  /** Two target groups, and listeners for production and for tests. */
  readonly shifts?: Readonly<Record<string, unknown>> & { readonly strategy: 'BLUE_GREEN' | 'LINEAR' | 'CANARY' };
}

/** Of the service `api` of cluster `c`. */
const createGroup = async (codedeploy: CodeDeployClient, more: Readonly<Record<string, unknown>>): Promise<void> => {
  await codedeploy.send(new CreateApplicationCommand({ applicationName: 'shop', computePlatform: 'ECS' }));
  await codedeploy.send(
    new CreateDeploymentGroupCommand({
      applicationName: 'shop',
      deploymentGroupName: 'api',
      serviceRoleArn: `arn:aws:iam::${ACCOUNT}:role/codedeploy`,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ecsServices: [{ clusterName: 'c', serviceName: 'api' }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: [{ name: 'blue' }, { name: 'green' }],
            prodTrafficRoute: { listenerArns: [LISTENERS.productionListenerRule] },
          },
        ],
      },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 0 },
      },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      ...more,
    }),
  );
};

/** A local ECS with cluster `c` and in it the settled service `api`, which runs the image tagged `initial`. */
export const localService = async ({
  desiredCount = 1,
  breaker = true,
  alarm,
  sidecar = false,
  answer,
  shifts,
  byCodeDeploy,
}: Setting = {}) => {
  const local = await localEcs(answer);
  const { ecs, clock } = local;
  const image = `${REPOSITORY}:initial`;
  const containers = [
    { name: 'api', image, portMappings: [{ containerPort: 8080 }] },
    ...(sidecar ? [{ name: 'log', image, essential: false }] : []),
  ];
  await ecs.send(new CreateClusterCommand({ clusterName: 'c' }));
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'api', cpu: '256', containerDefinitions: containers }));
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'c',
      serviceName: 'api',
      taskDefinition: 'api',
      desiredCount,
      // without one a task counts as healthy as soon as it runs, and one that crashes a moment later has been healthy
      loadBalancers: [
        {
          targetGroupArn: TARGET_GROUP,
          containerName: 'api',
          containerPort: 8080,
          ...(shifts === undefined ? {} : { advancedConfiguration: LISTENERS }),
        },
      ],
      ...(byCodeDeploy === undefined ? {} : { deploymentController: { type: 'CODE_DEPLOY' } }),
      deploymentConfiguration: {
        ...shifts,
        deploymentCircuitBreaker: { enable: breaker, rollback: breaker },
        ...(alarm === undefined ? {} : { alarms: { alarmNames: [alarm], enable: true, rollback: true } }),
      },
    }),
  );
  await clock.advance(10_000);
  if (byCodeDeploy !== undefined) await createGroup(local.codedeploy, byCodeDeploy);
  local.calls.length = 0;
  return local;
};
