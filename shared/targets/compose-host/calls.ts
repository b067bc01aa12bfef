import {
  CancelCommandCommand,
  type Command,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  type InstanceInformation,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { asking } from '../asking.ts';
import type { TargetPorts } from '../module.ts';
import { RefusedError } from '../refused.ts';
import { type Config, hostsOf, MOST_HOSTS, planOf } from './config.ts';
import { refusal, refusalOf } from './refusals.ts';
import { type Order, parametersOf } from './script.ts';

/** A command that was sent before. */
export interface Sent {
  readonly id: string;
  readonly comment: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How many hosts it is for. */
  readonly hosts: number;
}

/** How far a command is on one host. */
export interface Invocation {
  readonly host: string;
  /** StatusDetails without spaces: `InProgress`, `DeliveryTimedOut`… */
  readonly status: string;
}

export interface Output {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Looked for so far back: a command of a deployment that still counts is younger. */
const HORIZON_MILLISECONDS = 24 * 3_600_000;
/** Pages of 50 commands. */
const MOST_PAGES = 20;

const WAITING = ['Pending', 'InProgress', 'Delayed', 'Cancelling'];

export const isUnderWay = ({ status }: Invocation): boolean => WAITING.includes(status);

/** 100 characters at most (API reference, SendCommand). */
export const commentFor = (deployment: string, what: string): string => `switchyard ${deployment} ${what}`.slice(0, 100);

const outputOf = ({ output }: Config) => {
  if (output === undefined) return {};
  if ('logGroup' in output)
    return { CloudWatchOutputConfig: { CloudWatchLogGroupName: output.logGroup, CloudWatchOutputEnabled: true } };
  const { bucket, prefix } = output;
  return { OutputS3BucketName: bucket, ...(prefix === undefined ? {} : { OutputS3KeyPrefix: prefix }) };
};

const commandOf = ({ CommandId = '', Comment = '', RequestedDateTime, TargetCount = 0 }: Command): Sent => ({
  id: CommandId,
  comment: Comment,
  at: RequestedDateTime?.getTime() ?? 0,
  hosts: TargetCount,
});

/** What is asked of Systems Manager. A "no" is thrown as `RefusedError`; what may be different next time as it comes. */
export const hostCalls = ({ client, signal, now }: TargetPorts) => {
  const ssm = client(SSMClient);
  const ask = asking(signal, refusalOf);

  const known = async (config: Config): Promise<readonly InstanceInformation[]> => {
    const { instances, tags = {} } = config;
    const Filters =
      instances === undefined
        ? Object.entries(tags).map(([key, value]) => ({ Key: `tag:${key}`, Values: [value] }))
        : [{ Key: 'InstanceIds', Values: [...instances] }];
    const found: InstanceInformation[] = [];
    let NextToken: string | undefined;
    do {
      const command = new DescribeInstanceInformationCommand({ Filters, MaxResults: 50, NextToken });
      const page = await ask(`look for ${hostsOf(config)}`, (options) => ssm.send(command, options));
      found.push(...(page.InstanceInformationList ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined && found.length <= MOST_HOSTS);
    return found;
  };

  /** Their ids in order: all are there, and their agents answer. */
  const hosts = async (config: Config): Promise<readonly string[]> => {
    const found = await known(config);
    const ids = found.map(({ InstanceId = '' }) => InstanceId).toSorted();
    const missing = (config.instances ?? []).filter((id) => !ids.includes(id));
    if (ids.length === 0 || missing.length > 0) throw new RefusedError(refusal('hosts-missing', missingMessage(config, missing)));
    if (ids.length > MOST_HOSTS)
      throw new RefusedError(
        refusal('hosts-too-many', `${hostsOf(config)} are more than ${MOST_HOSTS}: divide them by another tag`),
      );
    const silent = found.filter(({ PingStatus }) => PingStatus !== 'Online');
    if (silent.length > 0) throw new RefusedError(refusal('host-offline', offlineMessage(silent)));
    return ids;
  };

  /** To all of these hosts at once; each is tried, whatever becomes of another. */
  const send = async (config: Config, hostIds: readonly string[], order: Order, comment: string): Promise<string> => {
    const { document, deliverySeconds } = planOf(config);
    const isLook = order.action === 'status';
    const command = new SendCommandCommand({
      DocumentName: document,
      InstanceIds: [...hostIds],
      Parameters: parametersOf(config, order),
      Comment: comment,
      TimeoutSeconds: deliverySeconds,
      MaxConcurrency: String(MOST_HOSTS),
      MaxErrors: '100%',
      ...(isLook ? {} : outputOf(config)),
    });
    const doing = `${isLook ? 'look at' : `${order.action} ${order.image} on`} hosts ${hostIds.join(', ')} by document "${document}"`;
    const { Command: sent } = await ask(doing, (options) => ssm.send(command, options));
    if (sent?.CommandId === undefined) throw new Error(`Systems Manager answered without the command that it sent: ${comment}`);
    return sent.CommandId;
  };

  /** SendCommand has no token: ours are known by their comment. The newest first. */
  const sent = async (
    config: Config,
    isOurs: (comment: string) => boolean,
    since = now() - HORIZON_MILLISECONDS,
  ): Promise<readonly Sent[]> => {
    const Filters = [
      { key: 'InvokedAfter' as const, value: new Date(since - 1000).toISOString().replace(/\.\d{3}/, '') },
      { key: 'DocumentName' as const, value: planOf(config).document },
    ];
    const found: Sent[] = [];
    let NextToken: string | undefined;
    for (let page = 0; page === 0 || (NextToken !== undefined && page < MOST_PAGES); page += 1) {
      const command = new ListCommandsCommand({ Filters, MaxResults: 50, NextToken });
      const answer = await ask(`look for what was sent to ${hostsOf(config)}`, (options) => ssm.send(command, options));
      found.push(...(answer.Commands ?? []).filter(({ Comment = '' }) => isOurs(Comment)).map(commandOf));
      NextToken = answer.NextToken;
    }
    return found.filter(({ at }) => at >= since).toSorted((one, other) => other.at - one.at);
  };

  const invocations = async (CommandId: string): Promise<readonly Invocation[]> => {
    const command = new ListCommandInvocationsCommand({ CommandId, MaxResults: MOST_HOSTS });
    const { CommandInvocations = [] } = await ask(`look at command ${CommandId}`, (options) => ssm.send(command, options));
    return CommandInvocations.map(({ InstanceId = '', StatusDetails, Status = '' }) => ({
      host: InstanceId,
      status: (StatusDetails ?? Status).replaceAll(' ', ''),
    }));
  };

  const output = async (CommandId: string, host: string): Promise<Output> => {
    const command = new GetCommandInvocationCommand({ CommandId, InstanceId: host });
    const answer = await ask(`read what command ${CommandId} told on host ${host}`, (options) => ssm.send(command, options));
    const { ResponseCode = -1, StandardOutputContent = '', StandardErrorContent = '' } = answer;
    return { exit: ResponseCode, out: StandardOutputContent, err: StandardErrorContent };
  };

  const cancel = async (CommandId: string): Promise<void> => {
    await ask(`cancel command ${CommandId}`, (options) => ssm.send(new CancelCommandCommand({ CommandId }), options));
  };

  return { cancel, hosts, invocations, output, send, sent };
};

export type HostCalls = ReturnType<typeof hostCalls>;

const missingMessage = (config: Config, missing: readonly string[]): string =>
  missing.length === 0
    ? `there are none of ${hostsOf(config)}; tag a host that Systems Manager manages, or correct "tags"`
    : `Systems Manager does not manage ${missing.join(', ')}; start the agent there, let its role hold AmazonSSMManagedInstanceCore, or correct "instances"`;

const offlineMessage = (silent: readonly InstanceInformation[]): string => {
  const told = silent.map(({ InstanceId = '', PingStatus = 'Unknown' }) => `${InstanceId} (${PingStatus})`);
  return `the agent does not answer on ${told.join(', ')}; start it, or take the host out`;
};
