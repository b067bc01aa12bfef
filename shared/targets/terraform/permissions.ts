import type { Permissions, Statement, Where } from '../target.ts';
import { type Config, recordKey, stateKey } from './config.ts';

/**
 * Service Authorization Reference, "AWS CodeBuild" and "Amazon S3". Without ListBucket S3 does not say that an object is missing, but denies
 * access to it (API reference, GetObject).
 */
export const terraformPermissions = (config: Config, { account, region }: Where): Permissions => {
  const { project, bucket } = config;
  const builds = [`arn:aws:codebuild:${region}:${account}:project/${project}`];
  const objects = (...keys: readonly string[]) => keys.map((key) => `arn:aws:s3:::${bucket}/${key}`);
  const state: readonly Statement[] = [
    { actions: ['s3:GetObject'], resources: objects(stateKey(config), recordKey(config)) },
    { actions: ['s3:ListBucket'], resources: [`arn:aws:s3:::${bucket}`] },
  ];
  const look: readonly Statement[] = [
    ...state,
    { actions: ['codebuild:ListBuildsForProject', 'codebuild:BatchGetBuilds'], resources: builds },
  ];
  const start: Statement = { actions: ['codebuild:StartBuild'], resources: builds };
  const reports: Statement = { actions: ['s3:GetObject'], resources: objects(`${stateKey(config)}.switchyard/*`) };
  return {
    current: look,
    start: [...look, start],
    observe: [...state, reports, { actions: ['codebuild:BatchGetBuilds'], resources: builds }],
    restore: [...look, start, { actions: ['codebuild:StopBuild'], resources: builds }],
  };
};
