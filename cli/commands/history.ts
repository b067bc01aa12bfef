import type { Asked, Deployment } from '../../shared/deployment/types.ts';
import type { PastRequest } from '../../shared/store/reader.ts';
import { fileOf, placesFor, placesIn, readSource } from '../catalogue.ts';
import { type Command, PLACE } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError } from '../errors.ts';
import { columns, painted, shortDigest, stateText, timeText } from '../lines.ts';
import { tableOf } from '../table.ts';

const USUAL = 20;
const MOST = 1000;

export const history: Command = {
  spec: {
    name: 'history',
    summary: 'what was asked for a service, newest first, and how it ended',
    description:
      'The requests for a service: deployments, rollbacks and refused ones, when they came, what they asked for, and how they ended. It reads an index, which a second ago may not show yet.',
    arguments: [],
    options: {
      ...PLACE,
      limit: { type: 'string', value: '<count>', description: `at most so many; ${USUAL} unless told otherwise` },
      catalogue: { type: 'string', value: '<file>', description: 'switchyard.yml unless told otherwise', completes: 'files' },
    },
    examples: [['switchyard history --environment prod --service api --limit 5', 'the newest five']],
    connects: true,
  },
  async run(parsed, io) {
    const limit = Number(parsed.text('limit') ?? USUAL);
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
      throw new CliError('usage', `--limit takes a number from 1 to ${MOST}, not "${parsed.text('limit')}"`);
    const all = placesIn(await readSource(fileOf(parsed.text('catalogue'), io), io));
    const places = placesFor(all, parsed.required('environment'), parsed.required('service'));
    const table = tableOf(connect(parsed, io));
    const requests = (await Promise.all(places.map((place) => table.history(place, limit)))).flat();
    if (parsed.is('json')) io.out(JSON.stringify({ requests }));
    else if (requests.length === 0) io.out('nothing was asked for there yet');
    else
      for (const line of columns([
        ['ASKED', 'DEPLOYMENT', 'IMAGE', 'END', 'WHY'],
        ...requests.map((one) => row(one, io.colours)),
      ]))
        io.out(line);
    return 'succeeded';
  },
};

const row = ({ deployment, rejection }: PastRequest, colours: boolean): readonly string[] =>
  deployment === undefined ? refused(rejection?.detail as RefusedDetail | undefined, colours) : accepted(deployment, colours);

const accepted = (deployment: Deployment, colours: boolean): readonly string[] => {
  const { acceptedAt, id, asked, image, outcome } = deployment;
  const digest = image === undefined ? '' : ` ${shortDigest(image.digest)}`;
  const why = outcome?.reason.message ?? deployment.waitingFor?.message ?? '';
  return [timeText(acceptedAt), id, `${wanted(asked)}${digest}`, stateText(deployment, colours), oneLine(why)];
};

/** As the event that refused it says (schemas/events). */
interface RefusedDetail {
  readonly deployment: string;
  readonly at: string;
  readonly asked: Asked;
  readonly reason: { readonly message: string };
}

const refused = (detail: RefusedDetail | undefined, colours: boolean): readonly string[] =>
  detail === undefined
    ? []
    : [
        timeText(Date.parse(detail.at)),
        detail.deployment,
        wanted(detail.asked),
        painted('rejected', 'red', colours),
        oneLine(detail.reason.message),
      ];

const wanted = ({ image, to }: Asked): string => image ?? (to === undefined ? 'the newest verified' : `back to ${to}`);

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
