import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { openJournal } from '../../../local/data/journal.ts';
import { archiveFile } from '../../../local/lambda/archives.ts';
import { workerLoader } from '../../../local/lambda/worker-loader.ts';
import { testCloud } from '../cloud/cloud-builder.ts';
import { imageFunction, imageUri, openAddress, withAlias } from '../lambda/image-functions.ts';
import { answering, zipFunction } from '../lambda/zip-functions.ts';

it('keeps functions of images with their versions, aliases and addresses, and an update under way goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-data-'));
  const FunctionName = 'shop';
  const journal = openJournal(folder);
  const first = await imageFunction({ data: journal });
  first.restore();
  await withAlias(first.lambda, first.clock);
  const url = await openAddress(first.lambda, 'live');
  const before = await (await first.fetch(url)).text();
  await first.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ImageUri: imageUri('slow') }));
  await first.stop();
  journal.close();

  const second = await testCloud(undefined, undefined, { data: openJournal(folder) });
  second.restore();
  const lambda = new LambdaClient(second.access());
  expect(await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }))).toMatchObject({ FunctionVersion: '1' });
  expect(await (await second.fetch(url)).text()).toBe(before);
  const status = async () => (await lambda.send(new GetFunctionCommand({ FunctionName }))).Configuration?.LastUpdateStatus;
  expect(await status()).toBe('InProgress');
  await second.clock.advance(31_000);
  expect(await status()).toBe('Successful');
  expect(await lambda.send(new InvokeCommand({ FunctionName, Qualifier: 'live' }))).toMatchObject({ ExecutedVersion: '1' });
  rmSync(folder, { recursive: true, force: true });
});

it('keeps functions of zips that were made by a call, with the archives of their versions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-data-'));
  const FunctionName = 'shop';
  const journal = openJournal(folder);
  const load = workerLoader({ endpoint: 'http://127.0.0.1:1', log: () => undefined });
  const first = await zipFunction(answering('kept'), undefined, load, { data: journal });
  first.restore();
  await withAlias(first.lambda, first.clock);
  const url = await openAddress(first.lambda, 'live');
  await first.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: answering('kept and changed') }));
  const files = await Promise.all(
    ['$LATEST', '1'].map(async (Qualifier) => {
      const { Configuration } = await first.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
      return archiveFile(Configuration?.CodeSha256 ?? '');
    }),
  );
  await first.stop();
  journal.close();
  // the machine has lost what was only in its folder for temporary files
  for (const file of files) rmSync(file);

  const second = await testCloud(undefined, load, { data: openJournal(folder) });
  second.restore();
  const lambda = new LambdaClient(second.access());
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  expect(Configuration).toMatchObject({ PackageType: 'Zip', LastUpdateStatus: 'InProgress' });
  expect(await (await second.fetch(url)).text()).toBe('kept');
  await second.clock.advance(2000);
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
  expect(JSON.parse(Buffer.from(Payload ?? []).toString('utf8'))).toMatchObject({ body: 'kept and changed' });
  await second.stop();
  rmSync(folder, { recursive: true, force: true });
});
