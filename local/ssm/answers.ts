import { AwsError } from '../errors.ts';
import { type Command, errorsOf, type Invocation, isOver, overallOf, statusOf } from './commands.ts';
import { expiresAt } from './running.ts';
import type { SsmStore } from './store.ts';

type Input = Readonly<Record<string, unknown>>;

/** A moment after SendCommand its invocations are not there yet. */
const CONSISTENT_AFTER = 1000;

/** First characters (API reference, GetCommandInvocation; the plugins of ListCommandInvocations). */
const LONGEST = { out: 24_000, err: 8000, plugin: 2500 } as const;

const commandIn = (store: SsmStore, input: Input): Command => {
  const found = store.commands.get(String(input['CommandId']));
  if (found === undefined) throw new AwsError('InvalidCommandId', '');
  return found;
};

/** Of one command, or of all. */
export const commandsIn = (store: SsmStore, input: Input): readonly Command[] =>
  input['CommandId'] === undefined ? [...store.commands.values()].reverse() : [commandIn(store, input)];

export const isSeen = ({ clock }: SsmStore, { requestedAt }: Command): boolean => clock.now() >= requestedAt + CONSISTENT_AFTER;

/** The one of a host. */
export const invocationIn = (store: SsmStore, input: Input): readonly [Command, Invocation] => {
  const command = store.commands.get(String(input['CommandId']));
  const found = command?.invocations.find(({ host }) => host === input['InstanceId']);
  if (command === undefined || found === undefined || !isSeen(store, command)) throw new AwsError('InvocationDoesNotExist', '');
  return [command, found];
};

export const commandAnswer = (command: Command) => {
  const { status, details } = overallOf(command);
  const { invocations } = command;
  return {
    CommandId: command.id,
    DocumentName: command.document,
    DocumentVersion: '$DEFAULT',
    Comment: command.comment,
    ExpiresAfter: expiresAt(command) / 1000,
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: command.targets,
    RequestedDateTime: command.requestedAt / 1000,
    Status: status,
    StatusDetails: details,
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: invocations.length,
    CompletedCount: invocations.filter(isOver).length,
    ErrorCount: errorsOf(command),
    DeliveryTimedOutCount: invocations.filter((one) => one.details === 'DeliveryTimedOut').length,
    TimeoutSeconds: command.timeoutSeconds,
  };
};

/** `-1`: it has not begun, or not ended (API reference, GetCommandInvocation). */
const exitOf = (invocation: Invocation): number => (isOver(invocation) ? invocation.exit : -1);

export const invocationAnswer = (command: Command, invocation: Invocation) => {
  const { host, details, startedAt, endedAt, out, err } = invocation;
  return {
    CommandId: command.id,
    InstanceId: host,
    Comment: command.comment,
    DocumentName: command.document,
    DocumentVersion: '$DEFAULT',
    PluginName: 'aws:runShellScript',
    ResponseCode: exitOf(invocation),
    ExecutionStartDateTime: startedAt === undefined ? '' : new Date(startedAt).toISOString(),
    ExecutionEndDateTime: endedAt === undefined ? '' : new Date(endedAt).toISOString(),
    Status: statusOf(details),
    StatusDetails: details,
    StandardOutputContent: out.slice(0, LONGEST.out),
    StandardErrorContent: err.slice(0, LONGEST.err),
  };
};

export const listedInvocation = (command: Command, invocation: Invocation, isDetailed: boolean) => {
  const { host, details, out, err } = invocation;
  const plugin = {
    Name: 'aws:runShellScript',
    Status: statusOf(details),
    StatusDetails: details,
    ResponseCode: exitOf(invocation),
    Output: `${out}${err === '' ? '' : `\n----------ERROR-------\n${err}`}`.slice(0, LONGEST.plugin),
  };
  return {
    CommandId: command.id,
    InstanceId: host,
    Comment: command.comment,
    DocumentName: command.document,
    RequestedDateTime: command.requestedAt / 1000,
    Status: statusOf(details),
    StatusDetails: details,
    CommandPlugins: isDetailed ? [plugin] : [],
  };
};

/** Pages of 1 to 50. */
export const pageOf = <T>(input: Input, all: readonly T[]): { readonly items: readonly T[]; readonly NextToken?: string } => {
  const size = Number(input['MaxResults'] ?? 50);
  const from = Number(input['NextToken'] ?? 0);
  if (!Number.isInteger(size) || size < 1 || size > 50)
    throw new AwsError('ValidationException', 'MaxResults has to be from 1 to 50.');
  if (!Number.isInteger(from)) throw new AwsError('InvalidNextToken', '');
  return { items: all.slice(from, from + size), ...(all.length > from + size ? { NextToken: String(from + size) } : {}) };
};
