/**
 * What an account needs in one region to be deployed to, as a CloudFormation template on standard output. Once for each.
 * Usage: npm run -s target-account -- <account> <region> --pipeline <account>/<region> [--stack switchyard]
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { formatProblems, readCatalogue } from '../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { targetAccount } from './template.ts';

const USAGE =
  'say the account, its region, and where the pipeline is: npm run -s target-account -- 210987654321 us-east-1 --pipeline 123456789012/eu-west-1';

const ACCOUNT = /^[0-9]{12}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-[0-9]+$/;

const asked = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pipeline: { type: 'string', default: '' }, stack: { type: 'string', default: 'switchyard' } },
  });
  const [account = '', region = '', ...others] = positionals;
  const [ownAccount = '', ownRegion = ''] = values.pipeline.split('/');
  const isWhole =
    [account, ownAccount].every((text) => ACCOUNT.test(text)) && [region, ownRegion].every((text) => REGION.test(text));
  if (!isWhole || others.length > 0) throw new Error(USAGE);
  return { place: { account, region }, pipeline: { account: ownAccount, region: ownRegion, stack: values.stack } };
};

const template = async (): Promise<object> => {
  const { place, pipeline } = asked();
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
