import { placeIn } from '../../place.ts';
import { arn, type Here, type Input, type NeedsOf, need, textOf } from './need.ts';

/** The whole ARN tells whose function it is; a partial one (`123456789012:function:f`) too. */
const functionArn = (input: Input, { place }: Here): string => {
  const text = textOf(input, 'FunctionName');
  const owner = /^(\d{12}):/.exec(text)?.[1];
  const here = { place: owner === undefined ? placeIn(text, place) : { ...place, account: owner } };
  return arn(here, 'lambda', `function:${nameIn(text) || '*'}`);
};

const nameIn = (text: string): string =>
  /(?:^|:)function:([^:]+)/.exec(text)?.[1] ?? text.replace(/^\d{12}:/, '').split(':')[0] ?? '';

const onFunction = (action: string) => (input: Input, here: Here) => [need(`lambda:${action}`, functionArn(input, here))];

/** With a qualifier it is that version or alias which is asked about (Developer Guide, "Fine-tuning the Resources and Conditions sections"). */
const onVersion = (action: string) => (input: Input, here: Here) => {
  const qualifier = textOf(input, 'Qualifier');
  const suffix = qualifier === '' || qualifier === '$LATEST' ? '' : `:${qualifier}`;
  return [need(`lambda:${action}`, `${functionArn(input, here)}${suffix}`)];
};

const onMapping = (action: string) => (input: Input, here: Here) => [
  need(`lambda:${action}`, arn(here, 'lambda', `event-source-mapping:${textOf(input, 'UUID') || '*'}`)),
];

/** A function's role is passed to Lambda. */
const passes = (input: Input) =>
  textOf(input, 'Role') === ''
    ? []
    : [need('iam:PassRole', textOf(input, 'Role'), { 'iam:PassedToService': 'lambda.amazonaws.com' })];

/** Service Authorization Reference, "AWS Lambda". */
export const lambdaNeeds: NeedsOf = {
  AddPermission: onFunction('AddPermission'),
  CreateAlias: onFunction('CreateAlias'),
  CreateEventSourceMapping: (input, here) => [
    need('lambda:CreateEventSourceMapping', '*', { 'lambda:FunctionArn': functionArn(input, here) }),
  ],
  CreateFunctionUrlConfig: onFunction('CreateFunctionUrlConfig'),
  CreateFunction: (input, here) => [...onFunction('CreateFunction')(input, here), ...passes(input)],
  DeleteAlias: onFunction('DeleteAlias'),
  DeleteFunctionUrlConfig: onFunction('DeleteFunctionUrlConfig'),
  DeleteEventSourceMapping: onMapping('DeleteEventSourceMapping'),
  DeleteFunction: onFunction('DeleteFunction'),
  GetAlias: onFunction('GetAlias'),
  GetFunctionUrlConfig: onFunction('GetFunctionUrlConfig'),
  GetEventSourceMapping: onMapping('GetEventSourceMapping'),
  GetFunction: onVersion('GetFunction'),
  GetFunctionConfiguration: onVersion('GetFunctionConfiguration'),
  GetPolicy: onFunction('GetPolicy'),
  Invoke: onFunction('InvokeFunction'),
  ListEventSourceMappings: () => [need('lambda:ListEventSourceMappings', '*')],
  ListAliases: onFunction('ListAliases'),
  ListVersionsByFunction: onFunction('ListVersionsByFunction'),
  ListFunctions: () => [need('lambda:ListFunctions', '*')],
  PublishVersion: onFunction('PublishVersion'),
  RemovePermission: onFunction('RemovePermission'),
  UpdateAlias: onFunction('UpdateAlias'),
  UpdateFunctionCode: onFunction('UpdateFunctionCode'),
  UpdateFunctionConfiguration: onFunction('UpdateFunctionConfiguration'),
  UpdateEventSourceMapping: onMapping('UpdateEventSourceMapping'),
};
