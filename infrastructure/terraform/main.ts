/**
 * The CodeBuild project that the target `terraform` begins builds of, as a CloudFormation template on standard output.
 * Usage: npm run -s terraform-project -- <name> --source <bucket>/<key>.zip --state <bucket>[/<prefix>] [--lock-table <name>]
 *        [--repository <name> …] [--policy <arn> …] [--terraform 1.11.4] [--minutes 60]
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type ProjectOptions, terraformProject } from './template.ts';

const USAGE =
  'say the name of the project, where its module is and where its state: npm run -s terraform-project -- shop-infrastructure --source shop-modules/shop.zip --state shop-terraform-state/prod/';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$/;
const OBJECT = /^[a-z0-9.-]{3,63}\/.+/;

const asked = (): ProjectOptions => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      source: { type: 'string', default: '' },
      state: { type: 'string', default: '' },
      'lock-table': { type: 'string' },
      repository: { type: 'string', multiple: true, default: [] },
      policy: { type: 'string', multiple: true, default: [] },
      terraform: { type: 'string', default: '1.11.4' },
      minutes: { type: 'string', default: '60' },
    },
  });
  const [name = '', ...others] = positionals;
  const [stateBucket = '', ...keys] = values.state.split('/');
  const minutes = Number(values.minutes);
  const isWhole = NAME.test(name) && OBJECT.test(values.source) && stateBucket !== '' && minutes >= 5 && minutes <= 2160;
  if (!isWhole || others.length > 0) throw new Error(USAGE);
  const lockTable = values['lock-table'];
  return {
    ...{ name, source: values.source, stateBucket, stateKeys: keys.join('/') },
    ...(lockTable === undefined ? {} : { lockTable }),
    ...{
      repositories: values.repository,
      policies: values.policy,
      terraformVersion: values.terraform,
      timeoutInMinutes: minutes,
    },
  };
};

const template = async () => terraformProject(asked(), await readFile(new URL('buildspec.yml', import.meta.url), 'utf8'));

template().then(
  (made) => process.stdout.write(`${JSON.stringify(made, null, 2)}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
