import { arn, type Input, type NeedsOf, need, textOf } from './need.ts';

const functionArn = (input: Input): string => {
  const text = textOf(input, 'FunctionName');
  return arn('lambda', `function:${text.split(':').at(text.includes(':function:') ? 6 : 0) || '*'}`);
};

const onFunction = (action: string) => (input: Input) => [need(`lambda:${action}`, functionArn(input))];

const onMapping = (action: string) => (input: Input) => [
  need(`lambda:${action}`, arn('lambda', `event-source-mapping:${textOf(input, 'UUID') || '*'}`)),
];

/** A function's role is passed to Lambda. */
const passes = (input: Input) =>
  textOf(input, 'Role') === ''
    ? []
    : [need('iam:PassRole', textOf(input, 'Role'), { 'iam:PassedToService': 'lambda.amazonaws.com' })];

/** Service Authorization Reference, "AWS Lambda". */
export const lambdaNeeds: NeedsOf = {
  AddPermission: onFunction('AddPermission'),
  CreateEventSourceMapping: (input) => [
    need('lambda:CreateEventSourceMapping', '*', { 'lambda:FunctionArn': functionArn(input) }),
  ],
  CreateFunction: (input) => [...onFunction('CreateFunction')(input), ...passes(input)],
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
