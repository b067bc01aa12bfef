import type { Clock } from './clock.ts';
import type { Need } from './iam/policy.ts';
import type { Place } from './place.ts';

/** What every service of the local cloud is made from. */
export interface Basics {
  readonly clock: Clock;
  /** 0 <= n < 1; the only source of randomness (ids, receipt handles). */
  readonly random: () => number;
  /** The account and region that it is in. */
  readonly place: Place;
}

/** A message as a queue hands it to the event source mapping: the members of Lambda's SQS record that the queue knows. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** ApproximateReceiveCount, SentTimestamp, SenderId, ApproximateFirstReceiveTimestamp; FIFO: SequenceNumber, MessageGroupId, MessageDeduplicationId. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
}

/** SQS, as the other services of the cloud reach it. Errors are `AwsError`s. */
export interface Queues {
  exists(queueArn: string): boolean;
  /** Seconds. */
  visibilityTimeout(queueArn: string): number;
  send(
    queueArn: string,
    message: {
      readonly body: string;
      readonly groupId?: string;
      readonly deduplicationId?: string;
      readonly delaySeconds?: number;
      /** Message attributes of the type String. */
      readonly attributes?: Readonly<Record<string, string>>;
    },
  ): { readonly messageId: string };
  /** Up to `max` messages, hidden for the queue's visibility timeout; a FIFO queue gives several of one group, in order. */
  receive(queueArn: string, max: number): readonly ReceivedMessage[];
  delete(queueArn: string, receiptHandle: string): void;
  /** Calls `listener` whenever a message may have become receivable (sent, delay or visibility over, group free again). */
  onAvailable(queueArn: string, listener: () => void): () => void;
}

/** An event as an AWS service emits it on the default bus; id, time, account, region and version are filled in. */
export interface ServiceEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** EventBridge, as the services of the cloud reach it. */
export interface ServiceEvents {
  publish(event: ServiceEvent): void;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** CloudWatch alarms, as ECS looks at them. */
export interface Alarms {
  /** `undefined`: there is no such alarm. */
  state(alarmName: string): AlarmState | undefined;
  /** Called after each change of an alarm's state. */
  onChange(listener: (alarmName: string, state: AlarmState) => void): () => void;
}

/** Lambda, as EventBridge reaches it for a schedule. */
export interface Functions {
  /** Asynchronous invocation (InvocationType Event). */
  invokeLater(functionArn: string, payload: unknown): void;
  /** Synchronous, for a service that acts in a role. Answers what the function does, or why there is no answer; never rejects. */
  ask(
    functionArn: string,
    payload: unknown,
    acting: Acting,
  ): Promise<{ readonly answer: unknown } | { readonly problem: string }>;
}

/** Who acts for somebody: a service by itself, or in a role that was given to it. */
export interface Acting {
  /** `events.amazonaws.com` */
  readonly service: string;
  readonly roleArn?: string;
  /** The session's name, where it acts in a role. */
  readonly session?: string;
}

/** IAM, as the services of the cloud ask it before they act for somebody. */
export interface Permissions {
  /** Why it may not, in AWS's words; `undefined`: it may. */
  refusal(acting: Acting, need: Need): string | undefined;
  /** Whether a service may take on a role; `keys`: what it says of what it is for. */
  trusts(roleArn: string, service: string, keys?: Need['keys']): boolean;
  /** From now on, whoever has the function's access key acts in its role. */
  open(functionName: string, roleArn: string): void;
}

/** One image of a local repository. */
export interface LocalImage {
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: string;
  readonly mediaType: string;
  /** The manifest's exact text: its sha256 is the digest. */
  readonly manifest: string;
  /** Of an index: the digests of its platforms' manifests, which are images of the repository too. */
  readonly platforms: readonly string[];
  /** How a container of it behaves. Only the local ECS reads them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'ACTIVE' | 'ARCHIVED';
  /** Bytes of its layers together. */
  readonly size: number;
}

/** The images there are, as ECR and ECS of the local cloud reach them. */
export interface Images {
  repositories(): readonly string[];
  list(repository: string): readonly LocalImage[] | undefined;
  /** By tag or by `sha256:` digest. */
  find(repository: string, reference: string): LocalImage | undefined;
}

/** How ECS comes by an image of another place's registry; `undefined`: it is not there, or may not be pulled. */
export type Pull = (image: {
  readonly from: Place;
  readonly repository: string;
  /** A tag or a `sha256:` digest. */
  readonly reference: string;
  /** The task execution role's ARN. */
  readonly role: string | undefined;
}) => LocalImage | undefined;

/** An HTTP request, as whoever listens gets it. Names of headers are in lower case. */
export interface HttpRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** JSON, unless they say otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What answers HTTP requests. A promise that never settles: it hangs. */
export type HttpApp = (request: HttpRequest) => Promise<HttpAnswer>;

/** One build of CodeBuild, as it is to be run. */
export interface BuildOrder {
  /** `project:uuid` */
  readonly id: string;
  readonly region: string;
  /** The cloud's address. */
  readonly endpoint: string;
  /** Whoever has it acts in the project's role. */
  readonly accessKeyId: string;
  readonly source: { readonly type: 'NO_SOURCE' | 'S3'; readonly location?: string };
}

/** Commands of one phase of a build. */
export interface BuildCommands {
  readonly phase: 'install' | 'pre_build' | 'build' | 'post_build';
  readonly commands: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly shell: 'sh' | 'bash';
}

/** What one build runs on. */
export interface BuildMachine {
  /** Where its log is, if it is kept. */
  readonly log?: string;
  /** Brings the source. What is thrown is told by its message. */
  download(): Promise<void>;
  /** A file of the source; `undefined`: there is none. */
  file(path: string): Promise<string | undefined>;
  /** One command after another, in one shell, until one fails. Exit codes decide. */
  run(commands: BuildCommands): Promise<{ readonly failed?: { readonly command: string; readonly exitCode: number } }>;
  /** Ends whatever runs. */
  close(): Promise<void>;
}

/** Where builds run: child processes in `npm start`, a model of what they do in tests. */
export interface BuildHost {
  open(order: BuildOrder): BuildMachine;
}

/** What a command left behind. */
export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A machine with Systems Manager's agent: a folder of this machine in `npm start`, a model of one in tests. */
export interface Host {
  /** `mi-…` or `i-…` */
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether its agent answers. */
  online(): boolean;
  /** Never rejects. Told to end by the signal, it ends as it can. */
  run(order: { readonly script: string; readonly workingDirectory: string; readonly signal: AbortSignal }): Promise<Ran>;
}

/** Where the services' listening ports are: real sockets in `npm start`, names inside the process in tests. */
export interface Network {
  /** The address (`http://127.0.0.1:40123`) of a service's listener, the same each time; made when it is first asked for. */
  address(cluster: string, service: string): Promise<string>;
  /** Who answers there now; `undefined`: connections are refused. */
  serve(cluster: string, service: string, app: HttpApp | undefined): void;
  close(): Promise<void>;
}
