import type { Permissions, Statement, Where } from '../target.ts';
import type { Config } from './config.ts';
import type { StaticConfig } from './static/config.ts';

/** Service Authorization Reference, "Amazon S3": CopyObject reads its source, HeadObject needs GetObject. */
const staticStatements = ({ from, to }: StaticConfig) => {
  const bucket = (name: string): string => `arn:aws:s3:::${name}`;
  const objects = (folder: { readonly bucket: string; readonly prefix?: string }): string =>
    `${bucket(folder.bucket)}/${folder.prefix ?? ''}*`;
  const back: readonly Statement[] = [
    { actions: ['s3:ListBucket'], resources: [...new Set([bucket(from.bucket), bucket(to.bucket)])] },
    { actions: ['s3:GetObject'], resources: [...new Set([objects(from), objects(to)])] },
    { actions: ['s3:PutObject'], resources: [objects(to)] },
  ];
  return { back, deploy: [...back, { actions: ['s3:DeleteObject'], resources: [objects(to)] }] };
};

/** Service Authorization Reference, "AWS Lambda": a version is asked about by its own ARN. */
export const lambdaPermissions = (config: Config, where: Where): Permissions => {
  const arn = `arn:aws:lambda:${where.region}:${where.account}:function:${config.function}`;
  const on = (...actions: readonly string[]): Statement => ({
    actions: actions.map((action) => `lambda:${action}`),
    resources: [arn],
  });
  const files = config.static === undefined ? { deploy: [], back: [] } : staticStatements(config.static);
  const versions: Statement = { actions: ['lambda:GetFunction'], resources: [arn, `${arn}:*`] };
  if (config.alias === undefined) {
    const look = [on('ListVersionsByFunction'), versions];
    return {
      current: look,
      start: [...look, on('UpdateFunctionCode', 'PublishVersion'), ...files.deploy],
      observe: look,
      restore: [...look, on('UpdateFunctionCode'), ...files.back],
    };
  }
  const look = [on('GetAlias'), versions];
  const change = [...look, on('UpdateFunctionCode', 'PublishVersion', 'UpdateAlias')];
  return {
    current: look,
    start: [...change, ...files.deploy],
    observe: look,
    restore: [...change, ...files.back],
    ...(config.steps === undefined ? {} : { proceed: [on('GetAlias', 'UpdateAlias')] }),
  };
};
