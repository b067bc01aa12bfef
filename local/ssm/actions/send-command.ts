import { AwsError } from '../../errors.ts';
import { listOf, recordOf, textOf, textsOf } from '../../iam/needs/need.ts';
import type { Host } from '../../ports.ts';
import type { Action } from '../../service.ts';
import { uuid } from '../../wire/uuid.ts';
import { commandAnswer } from '../answers.ts';
import type { Command } from '../commands.ts';
import { goOn } from '../running.ts';
import { onlyKnown, type SsmStore } from '../store.ts';

type Input = Readonly<Record<string, unknown>>;

const KNOWN = [
  'DocumentName',
  'InstanceIds',
  'Targets',
  'Parameters',
  'Comment',
  'TimeoutSeconds',
  'MaxConcurrency',
  'MaxErrors',
];

/** API reference, SendCommand. */
const CONCURRENCY = /^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/;
const ERRORS = /^([1-9][0-9]*|0|[1-9][0-9]%|[0-9]%|100%)$/;
const MOST_IDS = 50;

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

const isTagged = ({ tags }: Host, key: string, values: readonly string[]): boolean => values.includes(tags[key] ?? '');

/** All of the targets have to fit. */
const targeted = ({ hosts }: SsmStore, targets: readonly Input[]): readonly string[] =>
  [...hosts.values()]
    .filter((host) =>
      targets.every((target) => {
        const [key, values] = [textOf(target, 'Key'), textsOf(target, 'Values')];
        if (key === 'InstanceIds') return values.includes(host.id);
        if (key.startsWith('tag:')) return isTagged(host, key.slice('tag:'.length), values);
        throw new AwsError(
          'InvalidTarget',
          `the local cloud does not know the target "${key}"; it knows InstanceIds and tag:<key>.`,
        );
      }),
    )
    .map(({ id }) => id);

const named = ({ hosts, place }: SsmStore, ids: readonly string[]): readonly string[] => {
  if (ids.length > MOST_IDS) throw invalid(`InstanceIds takes ${MOST_IDS} at most.`);
  if (new Set(ids).size < ids.length) throw new AwsError('DuplicateInstanceId', '');
  const unknown = ids.filter((id) => !hosts.has(id));
  if (unknown.length > 0)
    throw new AwsError(
      'InvalidInstanceId',
      `Instances [[${unknown.join(', ')}]] not in a valid state for account ${place.account}`,
    );
  return ids;
};

const checked = (input: Input): void => {
  const { TimeoutSeconds: timeout = 3600, MaxConcurrency: concurrency = '50', MaxErrors: errors = '0' } = input;
  if (typeof timeout !== 'number' || timeout < 30 || timeout > 2_592_000)
    throw invalid('TimeoutSeconds has to be from 30 to 2592000.');
  if (textOf(input, 'Comment').length > 100) throw invalid('Comment has 100 characters at most.');
  if (!CONCURRENCY.test(String(concurrency))) throw invalid(`MaxConcurrency is "${String(concurrency)}".`);
  if (!ERRORS.test(String(errors))) throw invalid(`MaxErrors is "${String(errors)}".`);
};

export const sendCommand: Action<SsmStore> = (store, input) => {
  onlyKnown(input, KNOWN, 'SendCommand');
  checked(input);
  const document = store.documents.get(textOf(input, 'DocumentName'));
  if (document === undefined) throw new AwsError('InvalidDocument', '');
  const ids = textsOf(input, 'InstanceIds');
  const targets = listOf(input, 'Targets');
  if ((ids.length === 0) === (targets.length === 0)) throw invalid('Either InstanceIds or Targets is needed.');
  const hosts = ids.length > 0 ? named(store, ids) : targeted(store, targets);
  const command: Command = {
    id: uuid(store.random),
    document: document.name,
    comment: textOf(input, 'Comment'),
    parameters: input['Parameters'] ?? {},
    work: document.work(recordOf(input, 'Parameters')),
    requestedAt: store.clock.now(),
    timeoutSeconds: Number(input['TimeoutSeconds'] ?? 3600),
    maxConcurrency: String(input['MaxConcurrency'] ?? '50'),
    maxErrors: String(input['MaxErrors'] ?? '0'),
    instanceIds: ids,
    targets,
    invocations: hosts.map((host) => ({ host, details: 'Pending', exit: -1, out: '', err: '' })),
  };
  store.commands.set(command.id, command);
  goOn(store, command);
  return { Command: commandAnswer(command) };
};
