/**
 * What an account needs in one region to be deployed to, as a CloudFormation template on standard output. Once for each.
 * Usage: npm run -s target-account -- <account> <region> --pipeline <account>/<region> [--stack switchyard]
 */
import { readFile } from 'node:fs/promises';
import { formatProblems, readCatalogue } from '../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { readArguments } from './arguments.ts';
import { targetAccount } from './template.ts';

const template = async (): Promise<object> => {
  const { place, pipeline } = readArguments(process.argv.slice(2));
  const file = process.env['SWITCHYARD_CATALOGUE'] ?? 'switchyard.yml';
  const read = readCatalogue(await readFile(file, 'utf8'));
  if ('problems' in read) throw new Error(formatProblems(file, read.problems));
  return targetAccount(resolveCatalogue(read.source, pipeline), place, pipeline);
};

template().then(
  (made) => process.stdout.write(`${JSON.stringify(made, null, 2)}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
