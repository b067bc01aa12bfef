/**
 * The role of an environment, as a CloudFormation template on standard output: what its services' targets need, and nothing else.
 * Usage: npm run -s role -- <environment> <account> [<stack>]
 */
import { readFile } from 'node:fs/promises';
import { formatProblems, readCatalogue } from '../shared/catalogue/load.ts';
import { resolveCatalogue } from '../shared/catalogue/resolve.ts';
import { environmentRole } from './stack/roles.ts';

const [environment, account, stack = 'switchyard'] = process.argv.slice(2);
const file = process.env['SWITCHYARD_CATALOGUE'] ?? 'switchyard.yml';

const template = async (): Promise<object> => {
  if (environment === undefined || account === undefined || !/^[0-9]{12}$/.test(account))
    throw new Error('say the environment and the account: npm run -s role -- prod 123456789012');
  const read = readCatalogue(await readFile(file, 'utf8'));
  if ('problems' in read) throw new Error(formatProblems(file, read.problems));
  return environmentRole(resolveCatalogue(read.source, { account, region: '' }), environment, account, stack);
};

template().then(
  (made) => process.stdout.write(`${JSON.stringify(made, null, 2)}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
