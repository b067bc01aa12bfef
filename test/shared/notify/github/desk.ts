import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Context, SQSEvent } from 'aws-lambda';
import { createNotifyGitHub } from '../../../../handlers/notify-github.ts';
import { manualClock } from '../../../../local/clock.ts';
import { createCloud } from '../../../../local/cloud.ts';
import { virtualNetwork } from '../../../../local/network/virtual-network.ts';
import { randomFrom } from '../../../../local/random.ts';
import { createRequestHandler } from '../../../../local/request-handler.ts';
import type { Catalogue, CatalogueService } from '../../../../shared/catalogue/catalogue.ts';
import type { SourceGithub } from '../../../../shared/catalogue/generated/types.ts';
import type { Runtime } from '../../../../shared/runtime.ts';
import { LOOKED_UP } from '../../../in-process/sdk.ts';
import { KEYS, type StandInOptions, startStandIn, TOKEN } from '../../../local/github/stand-in.ts';

/** Made once, as it takes long: each desk has a table and queues of its own in it. */
const shared = (() => {
  let made: ReturnType<typeof makeShared> | undefined;
  return () => {
    made ??= makeShared();
    return made;
  };
})();

const makeShared = async () => {
  const clock = manualClock(Date.parse('2026-03-01T12:00:00Z'));
  const never = () => Promise.reject(new Error('there are no functions'));
  const network = virtualNetwork(clock);
  const cloud = await createCloud({ clock, random: randomFrom(7), network, load: never as never, log: () => undefined });
  return { clock, cloud };
};

let desks = 0;

/** The function's calls to AWS and GitHub, in order. */
export interface Calls {
  /** How many of them were to change something on GitHub. */
  changes: number;
  /** The function dies after so many of these; absent: it lives. */
  diesAfter?: number;
  /** What comes of a request to GitHub instead of its answer. */
  gitHub?: (request: {
    readonly method: string;
    readonly path: string;
    readonly body: string;
  }) => 'lost before' | 'lost after' | undefined;
  /** `POST /repos/acme/app/issues` */
  readonly requests: string[];
}

class DiedError extends Error {}

const SERVICES = ['api', 'web'].flatMap((name) =>
  ['prod', 'dev'].map((environment) => ({ name, environment, settings: { target: { kind: 'lambda' } } }) as CatalogueService),
);

export interface DeskOptions {
  readonly notify?: Partial<SourceGithub>;
  readonly standIn?: StandInOptions;
}

const URL_OF = (name: string) => `http://cloud.test/123456789012/${name}`;

/** The notifier alone, with a table, its queues, and GitHub; its messages are brought by whoever calls. */
export const startDesk = async ({ notify = { token: '${ssm:/github}' }, standIn = {} }: DeskOptions = {}) => {
  const { clock, cloud } = await shared();
  const network = virtualNetwork(clock);
  const github = await startStandIn({ ...standIn, clock, network });
  desks += 1;
  const [table, queue, dead] = [`table-${desks}`, `queue-${desks}`, `dead-${desks}`];
  const calls: Calls = { changes: 0, requests: [] };
  const life = { died: false };
  const log: string[] = [];

  const meddle = async <T>(changes: boolean, work: () => Promise<T>): Promise<T> => {
    if (life.died) throw new DiedError('it has died');
    const answer = await work();
    if (changes) calls.changes += 1;
    if (changes && calls.diesAfter === calls.changes) life.died = true;
    if (life.died) throw new DiedError('it dies');
    return answer;
  };

  const fetch: typeof globalThis.fetch = (input, init) => {
    const { pathname } = new URL(String(input));
    const request = { method: init?.method ?? 'GET', path: pathname, body: String(init?.body ?? '') };
    return meddle(request.method !== 'GET', async () => {
      calls.requests.push(`${request.method} ${request.path}`);
      const lost = calls.gitHub?.(request);
      if (lost === 'lost before') throw new TypeError('fetch failed');
      const answer = await network.fetch(input, init);
      if (lost === 'lost after') throw new TypeError('fetch failed');
      return answer;
    });
  };

  const access = (requestHandler: ReturnType<typeof createRequestHandler>) => ({
    ...LOOKED_UP,
    region: 'eu-west-1',
    endpoint: 'http://cloud.test',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    requestHandler,
  });
  const own = access(createRequestHandler((request) => cloud.handle(request)));
  await new DynamoDBClient(own).send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  const sqs = new SQSClient(own);
  for (const QueueName of [queue, dead]) await sqs.send(new CreateQueueCommand({ QueueName }));
  const keep = (Value: string) =>
    new SSMClient(own).send(new PutParameterCommand({ Name: '/github', Value, Type: 'SecureString', Overwrite: true }));
  await keep(notify.app === undefined ? TOKEN : KEYS.privateKey);

  const runtime: Runtime = {
    now: clock.now,
    timeout: () => ({ signal: new AbortController().signal, cancel: () => undefined }),
    pause: () => Promise.reject(new Error('nobody pauses')),
    fetch,
    aws: access(
      createRequestHandler((request) => cloud.handle(request), {
        intercept: (_, next) => meddle(false, next),
      }),
    ),
    write: (line) => void log.push(line),
    catalogue: {
      services: SERVICES,
      promotions: [],
      external: [],
      notify: [
        { notify: { github: { repository: 'acme/app', ...notify }, links: { dashboard: 'https://example.com/dashboard' } } },
      ],
    } as Catalogue,
    settings: {
      account: '123456789012',
      region: 'eu-west-1',
      table,
      bus: 'switchyard',
      inboxUrl: '',
      queueUrls: { deploy: '', verify: '', rollback: '', promote: '' },
      queueUrl: URL_OF(queue),
      deadLetterUrl: URL_OF(dead),
      githubUrl: github.address,
      timeoutSeconds: 30,
      references: {},
    },
  };

  let function_ = createNotifyGitHub(runtime);
  let invocation = 0;

  /** One invocation with these messages; those that come back. An environment in which the function died is not used again. */
  const invoke = async (bodies: readonly string[]): Promise<readonly string[]> => {
    invocation += 1;
    const id = invocation;
    const Records = bodies.map((body, index) => ({
      messageId: `m-${id}-${index}`,
      receiptHandle: 'r',
      body,
      attributes: { ApproximateReceiveCount: '1' },
    }));
    const context = { awsRequestId: `i-${id}`, functionName: 'notify-github', getRemainingTimeInMillis: () => 30_000 };
    const { batchItemFailures } = await function_({ Records } as unknown as SQSEvent, context as unknown as Context);
    if (life.died) {
      life.died = false;
      delete calls.diesAfter;
      function_ = createNotifyGitHub(runtime);
      return bodies;
    }
    return batchItemFailures.map(({ itemIdentifier }) => bodies[Number(itemIdentifier.split('-')[2])] ?? '');
  };

  return {
    clock,
    github,
    octokit: github.as(TOKEN),
    calls,
    log,
    keep,
    invoke,
    /** Until none comes back; a quarter of a minute passes between two tries. Answers how many tries it took. */
    async deliver(bodies: readonly string[], most = 60): Promise<number> {
      let left = bodies;
      for (let tries = 1; tries <= most; tries += 1) {
        left = await invoke(left);
        if (left.length === 0) return tries;
        await clock.advance(15_000);
      }
      throw new Error(`${left.length} messages still come back; ${log.slice(-5).join('\n')}`);
    },
    /** Codes of the messages that were put aside. */
    async dead(): Promise<readonly string[]> {
      const input = { QueueUrl: URL_OF(dead), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
      return Messages.map(({ MessageAttributes }) => MessageAttributes?.['code']?.StringValue ?? '');
    },
  };
};

export type GitHubDesk = Awaited<ReturnType<typeof startDesk>>;
