import { AwsError } from '../errors.ts';
import type { Caller } from '../service.ts';
import { validationError } from './errors.ts';
import { arnOfTable } from './request-members.ts';
import { type DynamoDbStore, findTable } from './store.ts';
import type { Table } from './table.ts';

/** A table of somebody else's is not even said to exist or not. */
const accessDenied = (action: string, arn: string, caller: Caller): AwsError =>
  new AwsError(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: dynamodb:${action} on resource: ${arn} ` +
      `because no resource-based policy allows the dynamodb:${action} action`,
  );

const TABLE_ARN = /^arn:aws:dynamodb:[^:]+:\d+:table\/([a-zA-Z0-9_.-]{3,255})$/;

/** The table whose tags a request names by ARN. */
export const taggedTable = (store: DynamoDbStore, arn: string, action: string, caller: Caller): Table => {
  const name = TABLE_ARN.exec(arn)?.[1];
  if (name === undefined) throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  if (arn !== arnOfTable(store.place, name)) throw accessDenied(action, arn, caller);
  const table = findTable(store, name);
  if (table === undefined) {
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`);
  }
  return table;
};
