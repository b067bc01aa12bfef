import type { Permissions, Statement, Where } from '../target.ts';
import { type Config, repositoryIn } from './config.ts';
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

/** Service Authorization Reference, "Amazon Elastic Container Registry". Of one repository, in whatever account and region that is. */
const zipStatements = ({ zip }: Config): readonly Statement[] => {
  if (zip === undefined) return [];
  const { account, region, name } = repositoryIn(zip.repository);
  const resources = [`arn:aws:ecr:${region}:${account}:repository/${name}`];
  return [{ actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], resources }];
};

/** Service Authorization Reference, "AWS Lambda": a version is asked about by its own ARN. */
export const lambdaPermissions = (config: Config, where: Where): Permissions => {
  const arn = `arn:aws:lambda:${where.region}:${where.account}:function:${config.function}`;
  const on = (...actions: readonly string[]): Statement => ({
    actions: actions.map((action) => `lambda:${action}`),
    resources: [arn],
  });
  const files = config.static === undefined ? { deploy: [], back: [] } : staticStatements(config.static);
  const archives = zipStatements(config);
  const versions: Statement = { actions: ['lambda:GetFunction'], resources: [arn, `${arn}:*`] };
  if (config.alias === undefined) {
    const look = [on('ListVersionsByFunction'), versions];
    // an archive whose versions were deleted is published once more
    const publishing = config.zip === undefined ? [] : ['PublishVersion'];
    return {
      current: look,
      start: [...look, on('UpdateFunctionCode', 'PublishVersion'), ...archives, ...files.deploy],
      observe: look,
      restore: [...look, on('UpdateFunctionCode', ...publishing), ...archives, ...files.back],
    };
  }
  const look = [on('GetAlias'), versions];
  const change = [...look, on('UpdateFunctionCode', 'PublishVersion', 'UpdateAlias')];
  // of a version that was deleted, and never came in an artifact, another of the same archive is looked for
  const lost = config.zip === undefined ? [] : [on('ListVersionsByFunction')];
  return {
    current: look,
    start: [...change, ...archives, ...files.deploy],
    observe: look,
    restore: [...change, ...lost, ...archives, ...files.back],
    ...(config.steps === undefined ? {} : { proceed: [on('GetAlias', 'UpdateAlias')] }),
  };
};
