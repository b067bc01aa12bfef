import type { Deployment } from '../../shared/deployment/types.ts';
import { fileOf, placesFor, placesIn, readSource } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError } from '../errors.ts';
import { columns, shortDigest, stateText, timeText } from '../lines.ts';
import { tableOf } from '../table.ts';

/** The table keeps this many stretches of a service's history. */
const MOST = 20;

export const history: Command = {
  spec: {
    name: 'history',
    summary: 'what a service ran, newest first',
    description: `The newest ${MOST} things that ran, or were being rolled out, in a service: which deployment put them there, when, and how it ended.`,
    arguments: [],
    options: {
      environment: {
        type: 'string',
        value: '<name>',
        description: 'of the catalogue',
        required: true,
        completes: 'environments',
      },
      service: { type: 'string', value: '<name>', description: 'of the catalogue', required: true, completes: 'services' },
      limit: { type: 'string', value: '<count>', description: `at most so many; ${MOST} unless told otherwise` },
      catalogue: { type: 'string', value: '<file>', description: 'switchyard.yml unless told otherwise', completes: 'files' },
    },
    examples: [['switchyard history --environment prod --service api --limit 5', 'the newest five']],
    connects: true,
  },
  async run(parsed, io) {
    const limit = Number(parsed.text('limit') ?? MOST);
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
      throw new CliError('usage', `--limit takes a number from 1 to ${MOST}, not "${parsed.text('limit')}"`);
    const all = placesIn(await readSource(fileOf(parsed.text('catalogue'), io), io));
    const places = placesFor(all, parsed.required('environment'), parsed.required('service'));
    const table = tableOf(connect(parsed, io));
    const [service] = await table.services(places);
    const ids = [
      ...new Set((service?.history ?? []).flatMap(({ deployment }) => (deployment === undefined ? [] : [deployment]))),
    ];
    const deployments = (await table.deployments(ids)).toSorted((a, b) => b.acceptedAt - a.acceptedAt).slice(0, limit);
    if (parsed.is('json')) io.out(JSON.stringify({ deployments }));
    else if (deployments.length === 0) io.out('nothing was deployed there by this pipeline yet');
    else
      for (const line of columns([
        ['ASKED', 'DEPLOYMENT', 'IMAGE', 'END', 'WHY'],
        ...deployments.map((one) => row(one, io.colours)),
      ]))
        io.out(line);
    return 'succeeded';
  },
};

const row = (deployment: Deployment, colours: boolean): readonly string[] => {
  const { acceptedAt, id, asked, image, outcome } = deployment;
  const digest = image === undefined ? '' : ` ${shortDigest(image.digest)}`;
  return [
    timeText(acceptedAt),
    id,
    `${asked.image ?? (asked.to === undefined ? 'the newest verified' : `back to ${asked.to}`)}${digest}`,
    stateText(deployment, colours),
    outcome?.reason.message.replace(/\s+/g, ' ') ?? '',
  ];
};
