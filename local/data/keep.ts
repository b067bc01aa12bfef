import { deserialize, serialize } from 'node:v8';
import { loadCloudWatch, saveCloudWatch } from '../cloudwatch/saved.ts';
import type { CloudWatchStore } from '../cloudwatch/store.ts';
import type { CodeDeployStore } from '../codedeploy/model.ts';
import { loadCodeDeploy, saveCodeDeploy } from '../codedeploy/saved.ts';
import { keyText, loadDynamoDb, saveDynamoDb } from '../dynamodb/saved.ts';
import type { DynamoDbStore } from '../dynamodb/store.ts';
import type { Table } from '../dynamodb/table.ts';
import { loadEcr, saveEcr } from '../ecr/saved.ts';
import type { EcrStore } from '../ecr/store.ts';
import { loadEcs, saveEcs } from '../ecs/saved.ts';
import type { EcsStore } from '../ecs/store.ts';
import { loadEvents, saveEvents } from '../events/saved.ts';
import type { EventsStore } from '../events/store.ts';
import { loadIam, saveIam } from '../iam/saved.ts';
import type { IamStore } from '../iam/store.ts';
import type { LambdaStore } from '../lambda/store.ts';
import type { SecretsStore } from '../secretsmanager/store.ts';
import { ACCOUNT, type CallContext, REGION } from '../service.ts';
import { loadSqs, saveSqs } from '../sqs/saved.ts';
import type { SqsStore } from '../sqs/store.ts';
import type { SsmStore } from '../ssm/store.ts';
import type { Frame, Journal } from './journal.ts';

/** Everything that a cloud knows. */
export interface Stores {
  readonly sqs: SqsStore;
  readonly dynamodb: DynamoDbStore;
  readonly events: EventsStore;
  readonly cloudwatch: CloudWatchStore;
  readonly ecr: EcrStore;
  readonly ecs: EcsStore;
  readonly codedeploy: CodeDeployStore;
  readonly ssm: SsmStore;
  readonly secrets: SecretsStore;
  readonly iam: IamStore;
  readonly lambda: LambdaStore;
}

export interface Keeping {
  /** Brings back what the folder holds. From then on everything is kept. */
  readonly restore: () => void;
  /** Writes down what has changed since the last time; nothing before `restore`. */
  readonly flush: () => void;
}

/** Who calls when what was kept is brought back. */
const CLOUD: CallContext = {
  caller: { account: ACCOUNT, region: REGION, accessKeyId: '', arn: `arn:aws:iam::${ACCOUNT}:root` },
  requestId: 'restore',
  endpoint: 'http://localhost',
};

const replace = <T>(all: Map<string, T>, kept: ReadonlyMap<string, T>): void => {
  for (const [name, one] of kept) all.set(name, one);
};

export const keepIn = (journal: Journal, stores: Stores): Keeping => {
  const { sqs, dynamodb, events, cloudwatch, ecr, ecs, codedeploy, ssm, secrets, iam, lambda } = stores;
  const parts: Readonly<Record<string, { readonly save: () => unknown; readonly load: (kept: never) => void }>> = {
    iam: { save: () => saveIam(iam), load: (kept) => loadIam(iam, kept) },
    dynamodb: { save: () => saveDynamoDb(dynamodb), load: (kept) => loadDynamoDb(dynamodb, kept, journal.kept.tables) },
    cloudwatch: { save: () => saveCloudWatch(cloudwatch), load: (kept) => loadCloudWatch(cloudwatch, kept) },
    ecr: { save: () => saveEcr(ecr), load: (kept) => loadEcr(ecr, kept) },
    ssm: { save: () => ssm.parameters, load: (kept) => replace(ssm.parameters, kept) },
    secretsmanager: { save: () => secrets.secrets, load: (kept) => replace(secrets.secrets, kept) },
    ecs: { save: () => saveEcs(ecs), load: (kept) => loadEcs(ecs, kept) },
    codedeploy: { save: () => saveCodeDeploy(codedeploy), load: (kept) => loadCodeDeploy(codedeploy, kept) },
    sqs: { save: () => saveSqs(sqs), load: (kept) => loadSqs(sqs, kept, isPolled) },
    events: { save: () => saveEvents(events), load: (kept) => loadEvents(events, kept, CLOUD) },
  };
  const isPolled = (arn: string): boolean => [...lambda.mappings.values()].some(({ mapping }) => mapping.queueArn === arn);
  const last = new Map<string, Buffer>();
  const written: [string, string, string | undefined][] = [];
  const ids = new Map<string, string>();
  let keeping = false;

  const listen = (table: Table): void => {
    table.written ??= (before, after) => {
      const item = after ?? before;
      if (item !== undefined)
        written.push([table.name, keyText(table, item), after === undefined ? undefined : JSON.stringify(after)]);
    };
  };

  /** A table that is deleted takes its items with it, also if another of its name is made at once. */
  const forgetDropped = (): void => {
    for (const [name, id] of ids) {
      if (dynamodb.tables.get(name)?.id === id) continue;
      for (const key of journal.kept.tables.get(name)?.keys() ?? []) written.unshift([name, key, undefined]);
      ids.delete(name);
    }
    for (const { name, id } of dynamodb.tables.values()) ids.set(name, id);
  };

  const flush = (): void => {
    if (!keeping) return;
    forgetDropped();
    for (const table of dynamodb.tables.values()) listen(table);
    const changed: Record<string, Buffer> = {};
    for (const [name, { save }] of Object.entries(parts)) {
      const bytes = serialize(save());
      if (last.get(name)?.equals(bytes) === true) continue;
      last.set(name, bytes);
      changed[name] = bytes;
    }
    const items = written.splice(0);
    if (items.length > 0 || Object.keys(changed).length > 0) journal.append({ parts: changed, items } satisfies Frame);
  };

  return {
    flush,
    restore() {
      for (const [name, { load }] of Object.entries(parts)) {
        const bytes = journal.kept.parts.get(name);
        if (bytes !== undefined) load(deserialize(bytes) as never);
      }
      keeping = true;
      flush();
    },
  };
};
