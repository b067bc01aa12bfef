import { promotionId } from '../../shared/events/identity.ts';
import { fileOf, readSource } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError } from '../errors.ts';
import type { Exit } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { painted, shortDigest } from '../lines.ts';
import { given, putRequest } from '../requests.ts';
import { type Table, tableOf } from '../table.ts';
import { type Followed, follow, timeoutIn } from '../waiting.ts';
import { ASKING, CARRIED, carriedIn } from './deploy.ts';

export const promote: Command = {
  spec: {
    name: 'promote',
    summary: 'promote an image to another environment',
    description:
      'Asks for an image to be copied, by digest, to the repository of another environment, by the promotion of the catalogue that takes it there. What that does next is the catalogue’s word: with deploy: on-promotion it is deployed.',
    arguments: [],
    options: {
      image: { type: 'string', value: '<image>', description: 'preprod:v1.2.3, or a full name', required: true },
      to: { type: 'string', value: '<environment>', description: 'where to', required: true, completes: 'environments' },
      from: {
        type: 'string',
        value: '<environment>',
        description: 'where from, if there are several',
        completes: 'environments',
      },
      tag: { type: 'string', value: '<tag>', description: 'its tag there, instead of the one that the catalogue makes' },
      reason: { type: 'string', value: '<why>', description: 'a note' },
      ...CARRIED,
      commit: { type: 'string', value: '<sha>', description: 'carried in every event; the tag sha-<short> is made of it' },
      ...ASKING,
    },
    examples: [
      ['switchyard promote --image preprod:v1.2.3 --to prod --wait', 'copies it, and ends with 0 only if it is there'],
      ['switchyard promote --image preprod@sha256:… --to prod --tag v1.2.3', 'names it by its digest'],
    ],
    connects: true,
  },
  async run(parsed, io) {
    const timeoutSeconds = timeoutIn(parsed.text('timeout'));
    const image = parsed.required('image');
    const to = parsed.required('to');
    const from = parsed.text('from');
    const connection = connect(parsed, io);
    const { account } = await connection.whoAmI();
    const rule = await ruleFor({ image, to, from }, account, parsed.text('catalogue'), io);
    const source = parsed.text('source') ?? 'cli';
    const requestId = parsed.text('request-id');
    const detail = {
      image,
      to,
      ...given({
        from,
        tag: parsed.text('tag'),
        requestId,
        reason: parsed.text('reason'),
        ...carriedIn(parsed),
      }),
    };
    const event = await putRequest(connection, { type: 'PromotionRequested', source, detail });
    const id = promotionId({ account, source, rule, ...(requestId === undefined ? { eventId: event } : { requestId }) });
    const json = parsed.is('json');
    io.out(json ? JSON.stringify({ asked: detail, event, promotion: id }) : `asked: ${id}`);
    return parsed.is('wait')
      ? follow(id, following(id, tableOf(connection), io, json), { io, json, timeoutSeconds })
      : 'succeeded';
  },
};

/** Which promotion of the catalogue it is. A mistake is told before anything is asked for. */
const ruleFor = async (
  wanted: { readonly image: string; readonly to: string; readonly from: string | undefined },
  account: string,
  file: string | undefined,
  io: Io,
): Promise<string> => {
  const [{ resolveCatalogue }, { promotionRoutes }] = await Promise.all([
    import('../../shared/catalogue/resolve.ts'),
    import('../../shared/promotion/routing.ts'),
  ]);
  // The region completes names of alarms, which do not matter here.
  const catalogue = resolveCatalogue(await readSource(fileOf(file, io), io), { account, region: '' });
  const envelope = { id: '', source: 'cli', account, region: '', time: '', resources: [] };
  const routed = promotionRoutes(catalogue, account, { ...envelope, 'detail-type': 'PromotionRequested', detail: wanted });
  if ('reason' in routed) throw new CliError('usage', routed.reason.message);
  return routed.messages[0]?.promotion ?? '';
};

type Seen = Awaited<ReturnType<Table['promotion']>>;

const following = (id: string, table: Table, io: Io, json: boolean): Followed<Seen> => ({
  look: () => table.promotion(id),
  stepsOf: ({ audit }) => audit,
  ended: ({ promotion }) => ended(promotion, io, json),
  progress: ({ promotion }) => `${promotion?.state ?? 'asked'}${waitingText(promotion, ': ', '')} …`,
  standing: ({ promotion }) =>
    promotion === undefined
      ? 'nobody has read the request yet, or the catalogue here is another one than the pipeline’s'
      : `it is ${promotion.state}${waitingText(promotion, ' (', ')')}, and it goes on`,
  hint: '',
});

const waitingText = (promotion: Seen['promotion'], before: string, after: string): string =>
  promotion?.waitingFor === undefined ? '' : `${before}${promotion.waitingFor.message}${after}`;

const ended = (promotion: Seen['promotion'], io: Io, json: boolean): Exit | undefined => {
  if (promotion?.state !== 'completed' && promotion?.state !== 'failed') return undefined;
  const { id, rule, tag, digest, failure } = promotion;
  if (json) io.out(JSON.stringify({ end: promotion }));
  else if (failure !== undefined) io.out(`${painted('failed', 'red', io.colours)}: ${failure.message} [${failure.code}]`);
  else
    io.out(
      `${painted('completed', 'green', io.colours)}: ${rule.to.registry}/${rule.to.repository}:${tag} is ${shortDigest(digest)} (${id})`,
    );
  return failure === undefined ? 'succeeded' : 'failed';
};
