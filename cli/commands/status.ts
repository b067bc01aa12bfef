import { shortId } from '../../shared/deployment/parts.ts';
import type { Deployment, Service } from '../../shared/deployment/types.ts';
import { fileOf, placesFor, placesIn, readSource } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { columns, endLines, painted, shortDigest, spanText, stateText, stepLine, timeText } from '../lines.ts';
import { type Known, tableOf } from '../table.ts';
import { isTerminal } from '../waiting.ts';

export const status: Command = {
  spec: {
    name: 'status',
    summary: 'what runs, what is under way, what waits',
    description: 'Of every service of the catalogue, of one, or of one deployment with each of its steps.',
    arguments: [],
    options: {
      environment: { type: 'string', value: '<name>', description: 'this environment only', completes: 'environments' },
      service: { type: 'string', value: '<name>', description: 'this service only', completes: 'services' },
      deployment: { type: 'string', value: '<id>', description: 'this deployment, step by step' },
      catalogue: {
        type: 'string',
        value: '<file>',
        description: 'whose services are listed; switchyard.yml unless told otherwise',
        completes: 'files',
      },
    },
    examples: [
      ['switchyard status', 'every service'],
      ['switchyard status --environment prod', 'those of prod'],
      ['switchyard status --deployment d-01hx5tsbbn4we0qq3sq910pryj', 'one deployment, from the request to its end'],
    ],
    connects: true,
  },
  async run(parsed, io) {
    const connection = connect(parsed, io);
    const table = tableOf(connection);
    const id = parsed.text('deployment');
    if (id !== undefined) {
      const known = await table.known(id);
      if (known.deployment === undefined && known.rejection === undefined)
        throw new CliError(
          'error',
          `there is no deployment ${id} in ${connection.place}; a request that was just put may not have been read yet`,
        );
      one(known, io, parsed.is('json'));
      return 'succeeded';
    }
    const all = placesIn(await readSource(fileOf(parsed.text('catalogue'), io), io));
    const places = placesFor(all, parsed.text('environment'), parsed.text('service'));
    const services = await table.services(places);
    const underWay = await table.deployments(
      services.flatMap(({ active, waiting }) => [...(active === undefined ? [] : [active]), ...waiting]),
    );
    if (parsed.is('json')) {
      io.out(JSON.stringify({ services, underWay }));
      return 'succeeded';
    }
    const rows = places.map(({ environment, name }) =>
      row(
        environment,
        name,
        services.find((service) => service.environment === environment && service.name === name),
        underWay,
        io,
      ),
    );
    for (const line of columns([['ENVIRONMENT', 'SERVICE', 'VERIFIED', 'SINCE', 'UNDER WAY'], ...rows])) io.out(line);
    return 'succeeded';
  },
};

const row = (
  environment: string,
  name: string,
  service: Service | undefined,
  underWay: readonly Deployment[],
  io: Io,
): readonly string[] => {
  const verified = service?.verified.at(-1);
  const active = underWay.find(({ id }) => id === service?.active);
  return [
    environment,
    name,
    verified === undefined
      ? painted('nothing yet', 'grey', io.colours)
      : `${shortId(verified.revision.id)} ${shortDigest(verified.digest)}`,
    verified === undefined ? '' : timeText(verified.at),
    active === undefined
      ? windowText(service, io)
      : `${stateText(active, io.colours)} ${active.id} since ${spanText(io.now() - active.acceptedAt)}`,
  ];
};

const windowText = (service: Service | undefined, io: Io): string =>
  service?.window === undefined || service.window.closesAt <= io.now()
    ? ''
    : painted(`alarms roll back for another ${spanText(service.window.closesAt - io.now())}`, 'grey', io.colours);

const one = ({ deployment, audit, rejection }: Known, io: Io, json: boolean): void => {
  if (json) {
    io.out(JSON.stringify({ deployment, audit, rejection }));
    return;
  }
  for (const record of audit.filter(({ events }) => events.length > 0)) io.out(stepLine(record, io.colours));
  if (deployment === undefined) {
    const { reason } = (rejection?.detail ?? {}) as { readonly reason?: { readonly code: string; readonly message: string } };
    io.out(`${painted('rejected', 'red', io.colours)}: ${reason?.message} [${reason?.code}]`);
    return;
  }
  if (isTerminal(deployment.state)) for (const line of endLines(deployment, io.colours)) io.out(line);
  else
    io.out(
      `${stateText(deployment, io.colours)} for ${spanText(io.now() - deployment.acceptedAt)}${deployment.waitingFor === undefined ? '' : `: ${deployment.waitingFor.message}`}`,
    );
};
