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
  CreateEventSourceMapping: (input, here) => [
    need('lambda:CreateEventSourceMapping', '*', { 'lambda:FunctionArn': functionArn(input, here) }),
  ],
  CreateFunction: (input, here) => [...onFunction('CreateFunction')(input, here), ...passes(input)],
  DeleteEventSourceMapping: onMapping('DeleteEventSourceMapping'),
  DeleteFunction: onFunction('DeleteFunction'),
  GetEventSourceMapping: onMapping('GetEventSourceMapping'),
  GetFunction: onFunction('GetFunction'),
  GetFunctionConfiguration: onFunction('GetFunctionConfiguration'),
  GetPolicy: onFunction('GetPolicy'),
  Invoke: onFunction('InvokeFunction'),
  ListEventSourceMappings: () => [need('lambda:ListEventSourceMappings', '*')],
  ListFunctions: () => [need('lambda:ListFunctions', '*')],
  RemovePermission: onFunction('RemovePermission'),
  UpdateEventSourceMapping: onMapping('UpdateEventSourceMapping'),
};
