import { parseArgs } from 'node:util';

const USAGE =
  'say the account, its region, and where the pipeline is: npm run -s target-account -- 210987654321 us-east-1 --pipeline 123456789012/eu-west-1';

const ACCOUNT = /^[0-9]{12}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-[0-9]+$/;

/** Which account and region is meant, and where the pipeline is. Throws what to say instead. */
export const readArguments = (words: readonly string[]) => {
  const { values, positionals } = parseArgs({
    args: [...words],
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
