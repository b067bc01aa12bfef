import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { parse } from 'yaml';
import { readZip } from '../local/lambda/zip.ts';
import { packagePipeline } from '../local/packaging.ts';
import type { Measurement } from './measurement.ts';
import { median } from './report/statistics.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Fresh processes for each file. */
const RUNS = 15;

const run = promisify(execFile);

interface Pair {
  readonly handler: string;
  readonly clients: readonly string[];
  readonly bundle: string;
  readonly bare: string;
  /** The packages that weigh most in the handler's bundle beyond the clients, by bytes. */
  readonly heaviest: string;
}

/** How long the packaged handlers take to import, and how big they are, beside a file that only imports the same clients. */
export const bundles: Measurement = {
  name: 'bundles',
  about: "import time and size of the handlers' bundles against their SDK clients alone",
  async run(say) {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
    try {
      await packagePipeline(join(folder, 'package'), {});
      const pairs: Pair[] = [];
      for (const handler of await handlers()) pairs.push(await pairOf(folder, handler));
      say(`${pairs.length} bundles, ${RUNS} fresh processes for each and as many for its clients alone, in turn`);
      const rows = [];
      for (const pair of pairs) rows.push(await rowOf(pair));
      return { tables: [{ columns: COLUMNS, rows }], notes: notes(pairs) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const handlers = async (): Promise<readonly string[]> =>
  (await readdir(join(ROOT, 'handlers'))).filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -3));

/** The options of serverless.yml that are esbuild's own, and its plugin. */
const options = async (): Promise<BuildOptions> => {
  const { custom } = parse(await readFile(join(ROOT, 'serverless.yml'), 'utf8'), { logLevel: 'error' });
  const { plugins, outputFileExtension: _, ...own } = custom.esbuild;
  return { ...own, plugins: createRequire(import.meta.url)(join(ROOT, plugins)), external: ['aws-sdk'] };
};

const pairOf = async (folder: string, handler: string): Promise<Pair> => {
  const bundle = await unpacked(folder, handler);
  const { clients, heaviest } = await insideOf(handler);
  const source = clients.map((name) => `export { ${clientOf(name)} } from '${name}';`).join('\n');
  const bare = join(folder, `${handler}-bare.mjs`);
  await build({ ...(await options()), stdin: { contents: source, resolveDir: ROOT }, outfile: bare, write: true });
  return { handler, clients, bundle, bare, heaviest };
};

/** The handler's file out of the packaged zip, exactly as it is deployed. */
const unpacked = async (folder: string, handler: string): Promise<string> => {
  const [file] = readZip(await readFile(join(folder, 'package', `${handler}.zip`))).filter(({ name }) => name.endsWith('.mjs'));
  if (file === undefined) throw new Error(`the package of ${handler} has no module`);
  const path = join(folder, handler, file.name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, file.content);
  return path;
};

const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/;

/** Which clients a handler's bundle holds, by esbuild's own account of it. */
const insideOf = async (handler: string): Promise<Pick<Pair, 'clients' | 'heaviest'>> => {
  const { metafile } = await build({
    ...(await options()),
    entryPoints: [join(ROOT, 'handlers', `${handler}.ts`)],
    outfile: 'out.mjs',
    write: false,
    metafile: true,
  });
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(metafile?.outputs['out.mjs']?.inputs ?? {})) {
    const name = PACKAGE.exec(path)?.[1] ?? 'Switchyard itself';
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  const clients = [...bytes.keys()].filter((name) => name.startsWith('@aws-sdk/client-')).sort();
  const rest = [...bytes].filter(([name]) => !/^@(aws-sdk|smithy)\//.test(name)).toSorted(([, a], [, b]) => b - a);
  return {
    clients,
    heaviest: rest
      .slice(0, 3)
      .map(([name, size]) => `${name} ${kilobytes(size)}`)
      .join(', '),
  };
};

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;

const SPELLED: Readonly<Record<string, string>> = {
  cloudwatch: 'CloudWatch',
  dynamodb: 'DynamoDB',
  ecr: 'ECR',
  ecs: 'ECS',
  eventbridge: 'EventBridge',
  sqs: 'SQS',
};

const clientOf = (name: string): string => {
  const spelled = SPELLED[name.replace('@aws-sdk/client-', '')];
  if (spelled === undefined) throw new Error(`how the client of ${name} is spelled is not known here`);
  return `${spelled}Client`;
};

/** Milliseconds that a fresh process takes to import a module. */
const importTime = async (file: string): Promise<number> => {
  const script =
    'const start = performance.now(); await import(process.argv[1]); console.log(performance.now() - start); process.exit(0);';
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, file]);
  return Number(stdout);
};

const COLUMNS = [
  { title: 'handler' },
  { title: 'import (ms)', decimals: 0 },
  { title: 'clients alone (ms)', decimals: 0 },
  { title: 'times', decimals: 2 },
  { title: 'size (kB)', decimals: 0 },
  { title: 'clients alone (kB)', decimals: 0 },
  { title: 'times', decimals: 2 },
  { title: 'gzip (kB)', decimals: 0 },
  { title: 'clients alone (kB)', decimals: 0 },
  { title: 'times', decimals: 2 },
];

const rowOf = async ({ handler, bundle, bare }: Pair): Promise<(string | number)[]> => {
  const times = { bundle: [] as number[], bare: [] as number[] };
  for (let turn = 0; turn < RUNS; turn += 1) {
    times.bare.push(await importTime(bare));
    times.bundle.push(await importTime(bundle));
  }
  const [own, alone] = [median(times.bundle), median(times.bare)];
  const [size, aloneSize] = [(await stat(bundle)).size / 1000, (await stat(bare)).size / 1000];
  const [zipped, aloneZipped] = [gzipped(await readFile(bundle)), gzipped(await readFile(bare))];
  return [handler, own, alone, own / alone, size, aloneSize, size / aloneSize, zipped, aloneZipped, zipped / aloneZipped];
};

const gzipped = (content: Buffer): number => gzipSync(content).byteLength / 1000;

const notes = (pairs: readonly Pair[]): readonly string[] => [
  `Medians of ${RUNS} fresh processes each. "Clients alone" is a file that exports the clients that are in the handler's bundle, made by the same esbuild with the same options.`,
  ...pairs.map(
    ({ handler, clients, heaviest }) =>
      `\`${handler}\`: ${clients.map((name) => name.replace('@aws-sdk/client-', '')).join(', ')}; beside the SDK most of it is ${heaviest}.`,
  ),
];
