import type { Permissions, Statement, Where } from '../target.ts';
import type { Config } from './config.ts';

/** Service Authorization Reference, "AWS Lambda": a version is asked about by its own ARN. */
export const lambdaPermissions = (config: Config, where: Where): Permissions => {
  const arn = `arn:aws:lambda:${where.region}:${where.account}:function:${config.function}`;
  const on = (...actions: readonly string[]): Statement => ({
    actions: actions.map((action) => `lambda:${action}`),
    resources: [arn],
  });
  const versions: Statement = { actions: ['lambda:GetFunction'], resources: [arn, `${arn}:*`] };
  if (config.alias === undefined) {
    const look = [on('ListVersionsByFunction'), versions];
    return {
      current: look,
      start: [...look, on('UpdateFunctionCode', 'PublishVersion')],
      observe: look,
      restore: [...look, on('UpdateFunctionCode')],
    };
  }
  const look = [on('GetAlias'), versions];
  const change = [...look, on('UpdateFunctionCode', 'PublishVersion', 'UpdateAlias')];
  return {
    current: look,
    start: change,
    observe: look,
    restore: change,
    ...(config.steps === undefined ? {} : { proceed: [on('GetAlias', 'UpdateAlias')] }),
  };
};
