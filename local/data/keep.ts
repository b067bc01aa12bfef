import { deserialize, serialize } from 'node:v8';
import { loadCloudWatch, saveCloudWatch } from '../cloudwatch/saved.ts';
import { loadCodeBuild, saveCodeBuild } from '../codebuild/saved.ts';
import { loadCodeDeploy, saveCodeDeploy } from '../codedeploy/saved.ts';
import { loadDynamoDb, saveDynamoDb } from '../dynamodb/saved.ts';
import { loadEcr, saveEcr } from '../ecr/saved.ts';
import { loadEcs, saveEcs } from '../ecs/saved.ts';
import { loadEvents, saveEvents } from '../events/saved.ts';
import { loadIam, saveIam } from '../iam/saved.ts';
import type { IamStore } from '../iam/store.ts';
import { loadLambda, saveLambda } from '../lambda/saved.ts';
import { HOME, isSame, type Place } from '../place.ts';
import { digestsIn, loadS3, saveS3 } from '../s3/saved.ts';
import type { CallContext } from '../service.ts';
import { loadSqs, saveSqs } from '../sqs/saved.ts';
import { loadSsm, saveSsm } from '../ssm/saved.ts';
import type { Stores } from '../stores.ts';
import { itemsOf } from './items.ts';
import type { Frame, Journal } from './journal.ts';
import { objectsName, objectsOf } from './objects.ts';

export interface Keeping {
  /** From `restore` on, an account's IAM is kept. */
  readonly keepIam: (iam: IamStore) => void;
  /** From `restore` on, everything of a place is kept. */
  readonly keepPlace: (stores: Stores) => void;
  /** Brings back what the folder holds. From then on everything is kept. */
  readonly restore: () => void;
  /** Writes down what has changed since the last time; nothing before `restore`. */
  readonly flush: () => void;
}

/** How what is not there yet comes to be, and to be kept. */
interface Accounts {
  readonly iamOf: (account: string) => IamStore;
  readonly at: (place: Place) => Stores;
}

/** One thing that is kept as a whole. */
interface Part {
  readonly save: () => unknown;
  readonly load: (kept: never) => void;
}

/** Who calls when what was kept is brought back. */
const cloudAt = (place: Place): CallContext => ({
  caller: { ...place, accessKeyId: '', arn: `arn:aws:iam::${place.account}:root` },
  requestId: 'restore',
  endpoint: 'http://localhost',
});

const replace = <T>(all: Map<string, T>, kept: ReadonlyMap<string, T>): void => {
  for (const [name, one] of kept) all.set(name, one);
};

/** Home's names have none; IAM's is the account alone. */
const prefixOf = (place: Place): string => (isSame(place, HOME) ? '' : `${place.account}/${place.region}/`);

const IAM_ELSEWHERE = /^(\d{12})\/iam$/;
const ELSEWHERE = /^(\d{12})\/([a-z0-9-]+)\/[a-z]+$/;

const partsOf = (journal: Journal, stores: Stores): Readonly<Record<string, Part>> => {
  const { place, sqs, dynamodb, events, cloudwatch, ecr, ecs, codebuild, codedeploy, sns, ssm, secrets, lambda, s3 } = stores;
  const items = (table: string) => journal.kept.tables.get(prefixOf(place) + table);
  const isPolled = (arn: string): boolean => [...lambda.mappings.values()].some(({ mapping }) => mapping.queueArn === arn);
  return {
    dynamodb: { save: () => saveDynamoDb(dynamodb), load: (kept) => loadDynamoDb(dynamodb, kept, items) },
    cloudwatch: { save: () => saveCloudWatch(cloudwatch), load: (kept) => loadCloudWatch(cloudwatch, kept) },
    ecr: { save: () => saveEcr(ecr), load: (kept) => loadEcr(ecr, kept) },
    s3: { save: () => saveS3(s3), load: (kept) => loadS3(s3, kept, (bucket) => items(objectsName(bucket))) },
    sns: { save: () => sns.topics, load: (kept) => replace(sns.topics, kept) },
    ssm: { save: () => saveSsm(ssm), load: (kept) => loadSsm(ssm, kept) },
    secretsmanager: { save: () => secrets.secrets, load: (kept) => replace(secrets.secrets, kept) },
    ecs: { save: () => saveEcs(ecs), load: (kept) => loadEcs(ecs, kept) },
    lambda: { save: () => saveLambda(lambda), load: (kept) => loadLambda(lambda, kept) },
    codebuild: { save: () => saveCodeBuild(codebuild), load: (kept) => loadCodeBuild(codebuild, kept) },
    codedeploy: { save: () => saveCodeDeploy(codedeploy), load: (kept) => loadCodeDeploy(codedeploy, kept) },
    sqs: { save: () => saveSqs(sqs), load: (kept) => loadSqs(sqs, kept, isPolled) },
    events: { save: () => saveEvents(events), load: (kept) => loadEvents(events, kept, cloudAt(place)) },
  };
};

export const keepIn = (journal: Journal, { iamOf, at }: Accounts): Keeping => {
  const parts = new Map<string, Part>();
  const written: (() => Frame['items'])[] = [];
  const last = new Map<string, Buffer>();
  let keeping = false;

  const flush = (): void => {
    if (!keeping) return;
    const items = written.flatMap((since) => since());
    const changed: Record<string, Buffer> = {};
    for (const [name, { save }] of parts) {
      const bytes = serialize(save());
      if (last.get(name)?.equals(bytes) === true) continue;
      last.set(name, bytes);
      changed[name] = bytes;
    }
    if (items.length > 0 || Object.keys(changed).length > 0) journal.append({ parts: changed, items } satisfies Frame);
  };

  /** The accounts and regions that the folder knows are there again. */
  const revive = (): void => {
    for (const name of journal.kept.parts.keys()) {
      const [, owner] = IAM_ELSEWHERE.exec(name) ?? [];
      const [, account, region] = ELSEWHERE.exec(name) ?? [];
      if (owner !== undefined) iamOf(owner);
      if (account !== undefined && region !== undefined) at({ account, region });
    }
  };

  return {
    flush,
    keepIam(iam) {
      const name = iam.account === HOME.account ? 'iam' : `${iam.account}/iam`;
      parts.set(name, { save: () => saveIam(iam), load: (kept) => loadIam(iam, kept) });
    },
    keepPlace(stores) {
      const prefix = prefixOf(stores.place);
      for (const [name, part] of Object.entries(partsOf(journal, stores))) parts.set(prefix + name, part);
      written.push(itemsOf(journal.kept, prefix, stores.dynamodb), objectsOf(journal.kept, prefix, stores.s3));
    },
    restore() {
      revive();
      for (const [name, { load }] of parts) {
        const bytes = journal.kept.parts.get(name);
        if (bytes !== undefined) load(deserialize(bytes) as never);
      }
      journal.bodies.sweep(digestsIn(at(HOME).s3.buckets));
      keeping = true;
      flush();
    },
  };
};
