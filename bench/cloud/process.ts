/**
 * A process of its own, as `npm start` is one: the local cloud on a real port with the machine's clock, and the packaged pipeline in
 * worker threads. Usage: tsx process.ts <folder for the package> <images.json>, with SWITCHYARD_CATALOGUE. Writes `{ "endpoint": … }` when all is
 * there, and ends with its standard input.
 */
import { readFile } from 'node:fs/promises';
import { systemClock } from '../../local/clock.ts';
import { createCloud } from '../../local/cloud.ts';
import { createImages, overHttp } from '../../local/example-images.ts';
import { createExamples } from '../../local/examples.ts';
import { workerLoader } from '../../local/lambda/worker-loader.ts';
import { socketNetwork } from '../../local/network/socket-network.ts';
import { packagePipeline, templateIn } from '../../local/packaging.ts';
import { listen } from '../../local/server.ts';
import { ACCOUNT, REGION } from '../../local/service.ts';
import { readTemplate } from '../../local/stack/template.ts';
import { readCatalogue } from '../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../shared/catalogue/resolve.ts';

const readServices = async (file: string) => {
  const read = readCatalogue(await readFile(file, 'utf8'));
  if ('problems' in read) throw new Error(`the catalogue of the bench is not valid: ${JSON.stringify(read.problems)}`);
  return resolveCatalogue(read.source, { account: ACCOUNT, region: REGION });
};

const run = async (folder: string, imageFile: string, catalogueFile: string): Promise<void> => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const catalogue = await readServices(catalogueFile);
  const network = socketNetwork();
  const address = { endpoint: '' };
  const log = (name: string, line: string) =>
    void (line.startsWith('{') ? undefined : process.stderr.write(`${name}: ${line}\n`));
  const cloud = await createCloud({
    clock: systemClock(),
    random: Math.random,
    network,
    load: (configuration) => workerLoader({ endpoint: address.endpoint, log })(configuration),
    log,
  });
  const { port } = await listen(cloud.handle, 0);
  address.endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const access = { endpoint: address.endpoint, region: REGION, credentials };
  await createImages(access, overHttp(address.endpoint), JSON.parse(await readFile(imageFile, 'utf8')));
  const addresses: Record<string, string> = {};
  for (const { name, settings } of catalogue.services)
    addresses[name.toUpperCase()] = await network.address(String(settings.target['cluster']), name);
  await packagePipeline(folder, addresses);
  await cloud.createStack({
    name: 'switchyard',
    template: await readTemplate(templateIn(folder)),
    folder,
    host: `127.0.0.1:${port}`,
  });
  await createExamples(access, catalogue);
  process.stdout.write(`${JSON.stringify({ endpoint: address.endpoint })}\n`);
};

process.stdin.resume().on('end', () => process.exit(0));
run(process.argv[2] ?? '', process.argv[3] ?? '', process.env['SWITCHYARD_CATALOGUE'] ?? '').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
