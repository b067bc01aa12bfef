import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ManualClock } from '../../local/clock.ts';
import type { BuildHost, BuildMachine, BuildOrder } from '../../local/ports.ts';
import { createRequestHandler } from '../../local/request-handler.ts';
import type { Handle } from '../../local/wire/http.ts';
import { LOOKED_UP } from './sdk.ts';

type Client<T> = new (configuration: object) => T;

/** What a build has: clients in the project's role, and what it was told. */
export interface Applying {
  readonly client: <T>(Service: Client<T>) => T;
  /** Without the prefix `SWITCHYARD_`. */
  readonly told: Readonly<Record<string, string>>;
  /** What the module's variables are given. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of the state, as it will be. */
  readonly serial: number;
}

/** What a module does, as far as it can be seen from outside. */
export interface Module {
  /** Milliseconds that an apply takes. */
  readonly milliseconds?: number;
  /** Addresses that the plan for these variables destroys, by type. */
  readonly destroys?: (variables: Applying['variables']) => readonly string[];
  /** Why the plan cannot be made; `undefined`: it can. */
  readonly planFails?: (variables: Applying['variables']) => string | undefined;
  /** Why the apply fails on its way; `undefined`: it does not. */
  readonly applyFails?: (variables: Applying['variables']) => string | undefined;
  /** What it brings beside its state. */
  readonly applies?: (applying: Applying) => Promise<void>;
}

/** What a build waits on. */
type Waiting = Pick<ManualClock, 'after' | 'track' | 'park'>;

/** While it waits for the clock itself, the clock does not wait for it. */
const passing = ({ after, park }: Waiting, milliseconds: number): Promise<void> => {
  const release = park();
  return new Promise((resolve) =>
    after(milliseconds, () => {
      release();
      resolve();
    }),
  );
};

const LINEAGE = '5b0c1f3e-8d3a-4c55-9a57-000000000001';

const isMissing = (error: unknown): boolean => error instanceof Error && error.name === 'NoSuchKey';

const isTaken = (error: unknown): boolean => error instanceof Error && error.name === 'PreconditionFailed';

/** A build that ended with a word. */
class Failed extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const objectsOf = (s3: S3Client, Bucket: string) => ({
  async read(Key: string): Promise<{ readonly text: string; readonly etag: string } | undefined> {
    try {
      const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return { text: (await Body?.transformToString()) ?? '', etag: ETag };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  write: (Key: string, value: object, condition: { IfMatch?: string; IfNoneMatch?: string } = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(value), ...condition })),
  remove: (Key: string) => s3.send(new DeleteObjectCommand({ Bucket, Key })),
});

type Objects = ReturnType<typeof objectsOf>;

/** As `terraform` writes it for the S3 backend with `use_lockfile`. */
const withLock = async (objects: Objects, key: string, work: () => Promise<void>): Promise<void> => {
  const lock = { ID: '0a1b', Operation: 'OperationTypeApply', Who: 'build@codebuild', Created: '2026-03-01T12:00:00Z' };
  try {
    await objects.write(`${key}.tflock`, lock, { IfNoneMatch: '*' });
  } catch (error) {
    if (!isTaken(error)) throw error;
    const held = JSON.parse((await objects.read(`${key}.tflock`))?.text ?? '{}');
    throw new Failed('state-locked', `the state is locked by ${held.Who} since ${held.Created} (lock ${held.ID})`);
  }
  try {
    await work();
  } finally {
    await objects.remove(`${key}.tflock`);
  }
};

const requireTag = async ({ client, told }: Omit<Applying, 'serial'>): Promise<void> => {
  const { TAG = '', DIGEST = '', REPOSITORY_NAME: repositoryName, REGISTRY_ID = '' } = told;
  if (TAG === '' || REGISTRY_ID === '') return;
  const describe = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: TAG }] });
  const { imageDetails = [] } = await client(ECRClient)
    .send(describe)
    .catch((error: Error) => {
      throw new Failed('tag-gone', `cannot apply ${TAG}: ${error.message}`);
    });
  const now = imageDetails[0]?.imageDigest;
  if (DIGEST !== '' && now !== DIGEST)
    throw new Failed('tag-moved', `cannot apply ${TAG}: it names ${now} now, and not ${DIGEST}`);
};

/**
 * What `infrastructure/terraform/buildspec.yml` has Terraform do, as far as it can be seen from outside: the same objects, by the same
 * calls, in the same order (the real one is tested against the same expectations in `test/systems/s2-analysed.test.ts`).
 */
const apply = async (module: Module, clock: Waiting, build: Omit<Applying, 'serial'>, id: string): Promise<void> => {
  const { client, told, variables } = build;
  const { BUCKET = '', KEY = '', DEPLOYMENT: deployment, TAG: tag, DIGEST: digest, REPOSITORY: repository } = told;
  const objects = objectsOf(client(S3Client), BUCKET);
  const recordKey = `${KEY}.switchyard.json`;
  const destroyed = module.destroys?.(variables) ?? [];
  const resources = [
    { address: 'terraform_data.image', action: 'update' },
    ...destroyed.map((address) => ({ address, action: 'delete' })),
  ];
  let plan: object | null = null;
  const report = (code: string, message: string) =>
    objects.write(`${KEY}.switchyard/${id.slice(id.indexOf(':') + 1)}.json`, { code, message, plan });
  const stateNow = async (): Promise<{ serial: number; lineage: string }> =>
    JSON.parse((await objects.read(KEY))?.text ?? `{"serial":0,"lineage":"${LINEAGE}"}`);
  const writeState = (serial: number, lineage: string, outputs: object) =>
    objects.write(KEY, { version: 4, terraform_version: '1.11.4', serial, lineage, outputs, resources: [] });
  try {
    await requireTag(build);
    await withLock(objects, KEY, async () => {
      const problem = module.planFails?.(variables);
      if (problem !== undefined) throw new Failed('plan-failed', `cannot plan: ${problem}`);
    });
    plan = { add: 0, change: 1, destroy: destroyed.length, resources };
    const may: readonly string[] = JSON.parse(told['MAY_DESTROY'] ?? '[]');
    const refused = destroyed.filter((address) => !may.includes('*') && !may.includes(address.split('.')[0] ?? ''));
    if (refused.length > 0) throw new Failed('plan-refused', `the plan would destroy or replace ${refused.join(', ')}`);
    await report('planned', '');
    const found = await objects.read(recordKey);
    const record = found === undefined ? { protocol: 1 } : JSON.parse(found.text);
    const mine = { deployment, tag, digest, repository };
    await objects.write(
      recordKey,
      { ...record, begun: mine },
      found === undefined ? { IfNoneMatch: '*' } : { IfMatch: found.etag },
    );
    await withLock(objects, KEY, async () => {
      const { serial, lineage } = await stateNow();
      const outputs = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value, type: 'string' }]));
      await passing(clock, module.milliseconds ?? 20_000);
      const problem = module.applyFails?.(variables);
      if (problem === undefined) await module.applies?.({ ...build, serial: serial + 1 });
      await writeState(serial + 1, lineage, problem === undefined ? outputs : {});
      if (problem === undefined) return;
      await objects.write(recordKey, { ...record, begun: { ...mine, failed: { serial: serial + 1, lineage } } });
      throw new Failed('apply-failed', `cannot apply: ${problem}`);
    });
    const { serial, lineage } = await stateNow();
    await objects.write(recordKey, { protocol: 1, applied: { ...mine, serial, lineage } });
    await report('applied', '');
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    await report(error.code, error.message);
    throw error;
  }
};

/** Builds in virtual time: what the project's buildspec does in its phase `build`, by calls over the wire in the project's role. */
export const terraformBuilds = (clock: Waiting, handle: () => Handle, moduleOf: (project: string) => Module): BuildHost => ({
  open(order: BuildOrder): BuildMachine {
    const clients = new Map<unknown, unknown>();
    const access = {
      ...LOOKED_UP,
      region: order.region,
      endpoint: order.endpoint,
      credentials: { accessKeyId: order.accessKeyId, secretAccessKey: 'test' },
      requestHandler: createRequestHandler((request) => handle()(request)),
    };
    const client = <T>(Service: Client<T>): T => {
      const known = (clients.get(Service) as T | undefined) ?? new Service({ ...access, forcePathStyle: true });
      clients.set(Service, known);
      return known;
    };
    let ended = false;
    return {
      download: async () => undefined,
      file: async () => undefined,
      async run({ phase, commands, environment }) {
        if (phase !== 'build' || commands.length === 0) return {};
        const told = Object.fromEntries(
          Object.entries(environment).flatMap(([name, value]) =>
            name.startsWith('SWITCHYARD_') ? [[name.slice('SWITCHYARD_'.length), value]] : [],
          ),
        );
        const variables = JSON.parse(told['VARIABLES'] ?? '{}');
        const module = moduleOf(order.id.split(':')[0] ?? '');
        try {
          await clock.track(apply(module, clock, { client, told, variables }, order.id));
          return {};
        } catch (error) {
          if (!ended && !(error instanceof Failed)) throw error;
          return { failed: { command: '( … )', exitCode: 1 } };
        }
      },
      close: async () => {
        ended = true;
      },
    };
  },
});
