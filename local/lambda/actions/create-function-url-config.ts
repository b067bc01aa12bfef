import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { aliasOf } from '../aliases.ts';
import { describeUrl } from '../describe.ts';
import { invalid, unsupported } from '../errors.ts';
import { openUrl } from '../function-urls.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, isoTime, type LambdaStore } from '../store.ts';

/** Of the function itself, or of an alias (API reference, CreateFunctionUrlConfig). The address is this machine's. */
export const createFunctionUrlConfig: Action<LambdaStore> = async (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier', 'AuthType', 'InvokeMode']);
  const reference = requiredText(input, 'FunctionName');
  const authType = requiredText(input, 'AuthType');
  if (authType === 'AWS_IAM') throw unsupported('AuthType AWS_IAM');
  if (authType !== 'NONE') throw invalid(`AuthType must be NONE or AWS_IAM, not ${authType}`);
  if ((textOf(input, 'InvokeMode') ?? 'BUFFERED') !== 'BUFFERED') throw unsupported('InvokeMode RESPONSE_STREAM');
  const { urls, latest } = functionOf(store, reference);
  const qualifier = textOf(input, 'Qualifier');
  if (qualifier !== undefined) aliasOf(store, reference, qualifier);
  if (urls.has(qualifier ?? '$LATEST'))
    throw new AwsError(
      'ResourceConflictException',
      `Failed to create function url config for [functionArn = ${latest.configuration.arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
      { status: 409 },
    );
  const made = await openUrl(store, latest.configuration.name, qualifier ?? '$LATEST', isoTime(store.clock.now()));
  return describeUrl(latest.configuration.arn, qualifier, made);
};
