import type { Stack } from '../../../local/stack/create-stack.ts';
import { parseTemplate } from '../../../local/stack/template.ts';
import { FUNCTION_CALLS, type TestCloud, TRUSTS_LAMBDA } from '../cloud/cloud-builder.ts';

export type Resources = Readonly<Record<string, unknown>>;

/** Creates a stack of these resources, named `pipeline`. */
export const stackOf = (cloud: TestCloud, resources: Resources, rest: Readonly<Record<string, unknown>> = {}): Promise<Stack> =>
  cloud.createStack({
    name: 'pipeline',
    template: parseTemplate({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources, ...rest }),
    folder: '/packaged',
    host: '127.0.0.1:4566',
  });

export const queue = (properties: Readonly<Record<string, unknown>> = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: properties,
});

export const role = {
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: TRUSTS_LAMBDA, Policies: [{ PolicyName: 'calls', PolicyDocument: FUNCTION_CALLS }] },
};

export const lambda = (properties: Readonly<Record<string, unknown>> = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'bucket', S3Key: 'serverless/pipeline/dev/1/worker.zip' },
    FunctionName: 'worker',
    Handler: 'handlers/worker.handler',
    Role: 'arn:aws:iam::123456789012:role/worker',
    Runtime: 'nodejs24.x',
    ...properties,
  },
});
