import type { Lane, Service } from '../deployment/types.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The newest format of stored items that this code understands. */
export const FORMAT = 1;

const STATE = 'state';

export const deploymentKey = (id: string): Key => ({ pk: `deployment#${id}`, sk: STATE });

export const laneKey = (name: string): Key => ({ pk: `lane#${name}`, sk: STATE });

export const serviceKey = ({ environment, name }: Pick<Service, 'environment' | 'name'>): Key => ({
  pk: `service#${environment}#${name}`,
  sk: STATE,
});

export const quarantineKey = (environment: string, service: string, digest: string): Key => ({
  pk: `service#${environment}#${service}`,
  sk: `quarantine#${digest}`,
});

const padded = (count: number) => String(count).padStart(8, '0');

/** One for each version of the deployment, never written twice. */
export const auditKey = (id: string, version: number): Key => ({ pk: `deployment#${id}`, sk: `audit#${padded(version)}` });

export const OUTBOX = 'outbox#';

export const outboxKey = (id: string, sequence: number): Key => ({ pk: `deployment#${id}`, sk: `${OUTBOX}${padded(sequence)}` });

/** Of a request that was never accepted: the answer that it got. */
export const rejectionKey = (id: string): Key => ({ pk: `deployment#${id}`, sk: 'rejected' });

/** The same of a cancel that was not taken up, by its answer's event id: the deployment that it names need not be its own. */
export const refusedCancelKey = (id: string): Key => ({ pk: `cancel#${id}`, sk: 'rejected' });

export const promotionKey = (id: string): Key => ({ pk: `promotion#${id}`, sk: STATE });

export const promotionAuditKey = (id: string, version: number): Key => ({
  pk: `promotion#${id}`,
  sk: `audit#${padded(version)}`,
});

/** Uploads that a copy has begun. */
export const progressKey = (id: string): Key => ({ pk: `promotion#${id}`, sk: 'progress' });

export const EVIDENCE = 'evidence#';

export const evidenceKey = (digest: string, kind: string): Key => ({ pk: `digest#${digest}`, sk: `${EVIDENCE}${kind}` });

export const WAITING = 'promotion#';

/** Of a promotion that waits for something that is said of its digest. */
export const waitingKey = (digest: string, id: string): Key => ({ pk: `digest#${digest}`, sk: `${WAITING}${id}` });

export const claimKey = (repository: string, tag: string): Key => ({ pk: `tag#${repository}`, sk: tag });

/** What a notifier keeps of a deployment or promotion; in a partition of its own, which its role is bounded by. */
export const noteKey = (notifier: string, id: string): Key => ({ pk: `${notifier}#${id}`, sk: STATE });

/** The sparse index of what is owed is spread over this many partitions. */
export const SHARDS = ['0', '1', '2', '3'] as const;

/** The same item is always in the same shard. */
export const shardOf = ({ pk }: Key): string => {
  let hash = 0;
  for (const letter of pk) hash = (hash * 31 + letter.charCodeAt(0)) % 65_521;
  return SHARDS[hash % SHARDS.length] ?? SHARDS[0];
};

export const emptyLane = (name: string, environment: string): Lane => ({
  name,
  environment,
  waiting: [],
  wakeNumber: 0,
  version: 0,
});

export const emptyService = (environment: string, name: string): Service => ({
  environment,
  name,
  waiting: [],
  verified: [],
  history: [],
  wakeNumber: 0,
  version: 0,
});
