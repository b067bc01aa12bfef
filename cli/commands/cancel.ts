import type { Deployment } from '../../shared/deployment/types.ts';
import type { Command } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError } from '../errors.ts';
import type { Exit } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { endLines } from '../lines.ts';
import { given, putRequest } from '../requests.ts';
import { type Table, tableOf } from '../table.ts';
import { isTerminal, timeoutIn } from '../waiting.ts';

export const cancel: Command = {
  spec: {
    name: 'cancel',
    summary: 'end a deployment that waits or is under way',
    description: 'One that waits is cancelled; one that is under way becomes its own rollback. With --wait: until it has ended.',
    arguments: [{ name: 'deployment', description: 'its id, as deploy and status tell it', required: true }],
    options: {
      reason: { type: 'string', value: '<why>', description: 'why' },
      actor: { type: 'string', value: '<who>', description: 'who asks: a note in every event' },
      source: { type: 'string', value: '<source>', description: "the event's source; cli unless told otherwise" },
      wait: { type: 'boolean', description: 'wait until it has ended, or the cancel is refused' },
      timeout: { type: 'string', value: '<seconds>', description: 'give up waiting after this long; 7200 unless told otherwise' },
    },
    examples: [
      ['switchyard cancel d-01hx5tsbbn4we0qq3sq910pryj --reason "wrong tag" --wait', 'ends it, and waits until it is over'],
    ],
    connects: true,
  },
  async run(parsed, io) {
    const id = parsed.argument(0) ?? '';
    const timeoutSeconds = timeoutIn(parsed.text('timeout'));
    const connection = connect(parsed, io);
    const table = tableOf(connection);
    const { deployment } = await table.known(id);
    if (deployment === undefined)
      throw new CliError(
        'rejected',
        `cannot cancel ${id}: there is no such deployment in ${connection.place}; switchyard status lists those under way`,
      );
    const { environment, service, state } = deployment;
    if (isTerminal(state)) throw new CliError('rejected', `cannot cancel ${id}: it has ended already (${state})`);
    const event = await putRequest(connection, {
      type: 'DeploymentCancelRequested',
      source: parsed.text('source') ?? 'cli',
      detail: { environment, service, deployment: id, ...given({ reason: parsed.text('reason'), actor: parsed.text('actor') }) },
    });
    const json = parsed.is('json');
    if (json) io.out(JSON.stringify({ asked: { deployment: id }, event }));
    else io.out(`asked: to cancel ${id} of ${service} in ${environment} (${state})`);
    return parsed.is('wait') ? untilOver(id, event, table, io, { json, timeoutSeconds }) : 'succeeded';
  },
};

/** Cancelled or rolled back is what was wanted. */
const untilOver = async (
  id: string,
  event: string,
  table: Table,
  io: Io,
  { json, timeoutSeconds }: { readonly json: boolean; readonly timeoutSeconds: number },
): Promise<Exit> => {
  const until = io.now() + timeoutSeconds * 1000;
  for (;;) {
    const { deployment } = await table.known(id);
    if (deployment?.refusedCancel === event) return refused(id, deployment, io);
    if (deployment !== undefined && isTerminal(deployment.state)) {
      if (json) io.out(JSON.stringify({ end: deployment }));
      else for (const line of endLines(deployment, io.colours)) io.out(line);
      if (deployment.state === 'cancelled' || deployment.state === 'rolled-back') return 'succeeded';
      return deployment.state === 'succeeded' ? 'rejected' : deployment.state;
    }
    if (io.now() >= until) {
      io.err(`gave up waiting: ${id} is ${deployment?.state}; the cancel stands`);
      return 'gave-up';
    }
    await io.sleep(500);
  }
};

const refused = (id: string, { state }: Deployment, io: Io): Exit => {
  io.err(`the cancel was refused: ${id} is ${state}, and is being undone already or cannot be`);
  return 'rejected';
};
