import { PLACES } from '../places.ts';
import { TOO_OLD } from '../plan.ts';
import type { Item } from '../seen.ts';
import { ACTIVE, auditOf, deployments, groupBy, type Invariant, MARGIN, reachedAt, TERMINAL } from './events.ts';

interface Stretch {
  readonly id: string;
  readonly kind: string;
  readonly service: string;
  readonly lane: string;
  readonly from: number;
  readonly to: number;
}

/** When each deployment was active, by its audit records. */
export const stretches = (items: readonly Item[]): readonly Stretch[] => {
  const byId = new Map(deployments(items).map((item) => [item['id'] as string, item]));
  return [...auditOf(items)].flatMap(([id, records]) => {
    const sorted = records.toSorted((a, b) => (a['sk'] < b['sk'] ? -1 : 1));
    const begin = sorted.find(({ from, to }) => !ACTIVE.has(from) && ACTIVE.has(to));
    const end = sorted.find(({ to }) => TERMINAL.has(to));
    const item = byId.get(id);
    if (begin === undefined || item === undefined) return [];
    const { kind, environment, service, lane } = item as Readonly<Record<string, string>>;
    return [
      {
        id,
        kind: kind ?? '',
        service: `${environment}/${service}`,
        lane: `${environment}/${lane}`,
        from: begin['at'],
        to: end === undefined ? Number.POSITIVE_INFINITY : end['at'],
      },
    ];
  });
};

const SKEW = 6000;

/** I2: never two active deployments of one service, nor two `kind: deploy` in a lane. Functions' clocks differ by seconds. */
export const oneAtATime: Invariant = ({ items, plan }) => {
  const all = stretches(items);
  const slack = Object.values(plan.skew).some((skew) => skew !== 0) ? SKEW : 0;
  return all.flatMap((one, index) =>
    all.slice(index + 1).flatMap((other) => {
      const overlap = Math.min(one.to, other.to) - Math.max(one.from, other.from);
      if (overlap <= slack) return [];
      if (one.service === other.service) return [`I2: ${one.id} and ${other.id} were active in ${one.service} together`];
      if (one.lane === other.lane && one.kind === 'deploy' && other.kind === 'deploy')
        return [`I2: ${one.id} and ${other.id} were active in lane ${one.lane} together`];
      return [];
    }),
  );
};

/** I5: a request is one deployment however often it is delivered, and an older one never starts after a newer one. */
export const oneDeployment: Invariant = ({ items }) => {
  const wrong: string[] = [];
  const byRequest = groupBy(
    deployments(items).filter(({ asked: of }) => of?.requestId !== undefined),
    ({ asked: of, kind }) => `${of.requestId} ${kind} ${of.image ?? ''}`,
  );
  for (const [request, all] of byRequest)
    if (all.length > 1) wrong.push(`I5: request ${request} became ${all.length} deployments`);
  const startOf = new Map(stretches(items).map(({ id, from }) => [id, from]));
  const deploys = deployments(items).filter(({ id, kind }) => kind === 'deploy' && startOf.has(id));
  for (const older of deploys)
    for (const newer of deploys) {
      const samePlace = older['environment'] === newer['environment'] && older['service'] === newer['service'];
      const isOlder = Math.floor(older['cause'].time / 1000) < Math.floor(newer['cause'].time / 1000);
      const after = (startOf.get(older['id']) ?? 0) - (startOf.get(newer['id']) ?? 0);
      if (samePlace && isOlder && after > SKEW)
        wrong.push(`I5: ${older['id']} was older than ${newer['id']}, and started ${after} ms after it`);
    }
  return wrong;
};

/** I5: a name that was given to another request before is refused, whichever of them came first. */
export const oneOfAName: Invariant = ({ items }) =>
  [
    ...groupBy(
      deployments(items).filter(({ kind, asked: of }) => kind === 'deploy' && of?.requestId !== undefined),
      ({ asked: of }) => of.requestId,
    ),
  ].flatMap(([request, all]) => {
    const taken = all.filter(({ outcome }) => outcome?.reason.code !== 'request-id-reused');
    return taken.length === 1 ? [] : [`I5: of ${all.length} requests with the name ${request}, ${taken.length} were taken`];
  });

/** Design, 6: a rollback that waits for its service goes before any deployment. */
export const rollbackGoesFirst: Invariant = ({ items }) => {
  const records = auditOf(items);
  const all = deployments(items);
  return all
    .filter(({ kind }) => kind === 'rollback')
    .flatMap((rollback) => {
      const since = reachedAt(records, rollback['id'], 'queued');
      const until = records.get(rollback['id'])?.find(({ from }) => from === 'queued')?.['at'];
      if (since === undefined || until === undefined) return [];
      return all
        .filter(
          ({ kind, environment, service }) =>
            kind === 'deploy' && environment === rollback['environment'] && service === rollback['service'],
        )
        .flatMap(({ id }) => {
          const began = reachedAt(records, id, 'starting');
          return began !== undefined && began > since + SKEW && began < until - SKEW
            ? [`I5: ${id} started at ${began}, while ${rollback['id']} waited for its service`]
            : [];
        });
    });
};

/**
 * I5: only what was asked for later takes the place of a request: within one second the order of arrival counts, and what is asked for in the
 * future counts as of its arrival.
 */
export const supersededByLater: Invariant = ({ items }) =>
  deployments(items).flatMap(({ id, state, cause, outcome }) => {
    const by = deployments(items).find((other) => other['id'] === outcome?.supersededBy);
    if (state !== 'superseded' || by === undefined) return [];
    const isLater = cause.time < by['cause'].time && by['cause'].time <= by['acceptedAt'] + MARGIN;
    return isLater ? [] : [`I5: ${id} was superseded by ${by['id']}, which was not asked for after it`];
  });

/** I5: who was in a lane first, and asked first, goes first. */
export const laneInOrder: Invariant = ({ items }) => {
  const records = auditOf(items);
  const lanes = groupBy(
    deployments(items).filter(({ kind }) => kind === 'deploy'),
    ({ lane }) => lane,
  );
  return [...lanes.values()].flatMap((all) =>
    all.flatMap((later) => {
      const began = reachedAt(records, later['id'], 'starting');
      if (began === undefined) return [];
      return all.flatMap(({ id, acceptedAt, cause }) => {
        const waitedUntil = records.get(id)?.find(({ from }) => from === 'queued')?.['at'];
        const isBefore = acceptedAt < later['acceptedAt'] - SKEW && cause.time < later['cause'].time - SECOND;
        return isBefore && waitedUntil > began + SKEW
          ? [`I5: ${later['id']} started before ${id}, which was before it in its lane`]
          : [];
      });
    }),
  );
};

/** EventBridge tells times in whole seconds. */
const SECOND = 1000;

/** I5: what is older than the catalogue allows is not deployed, whatever it asks for. */
export const tooOldExpires: Invariant = ({ asked, told }) =>
  asked.flatMap(({ step }) => {
    if (step.do !== 'deploy' || step.age !== TOO_OLD) return [];
    const verdict = told.find(({ detail }) => detail.asked?.requestId === step.request && detail.terminal === true);
    return verdict === undefined || verdict.type === 'DeploymentExpired'
      ? []
      : [`I5: ${step.request} was ${TOO_OLD} s old, and ended as ${verdict.type}`];
  });

/** I6: what was begun is found, and not begun again; only what others have deregistered is registered anew. */
export const begunOnce: Invariant = ({ plan, running }) =>
  running.flatMap(({ place, rolledOut }) => {
    if (plan.steps.some((step) => step.do === 'deregister' && step.place === place)) return [];
    return [...groupBy(rolledOut, (id) => id)].flatMap(([id, all]) =>
      all.length > 1 ? [`I6: ${id} was rolled out ${all.length} times in ${PLACES[place]?.service}`] : [],
    );
  });
