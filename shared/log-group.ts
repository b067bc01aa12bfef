import type { CatalogueService } from './catalogue/catalogue.ts';
import { consoleOf } from './dashboard.ts';

type Target = CatalogueService['settings']['target'];

/** Lambda's own, where the catalogue names none (AWS Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs"). */
const groupOfFunction = ({ kind, function: name }: Target): string | undefined =>
  kind === 'lambda' && typeof name === 'string' ? `/aws/lambda/${name}` : undefined;

/** Where a service's lines are: what the catalogue says; of a Lambda function also without a word. */
export const logGroupOf = ({ logGroup }: Pick<CatalogueService, 'logGroup'>, target: Target): string | undefined =>
  logGroup ?? groupOfFunction(target);

/** The console's own encoding of a log group's name. */
const encoded = (name: string): string => encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$');

/** Where the console shows a log group. */
export const logGroupUrl = (region: string, group: string): string =>
  `https://${consoleOf(region)}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encoded(group)}`;
