import { AwsError } from '../errors.ts';
import { PolicyError } from '../iam/conditions.ts';
import { isKnownKey } from '../iam/needs/s3.ts';
import { readPolicy } from '../iam/policy.ts';
import type { CallContext } from '../service.ts';
import { accessDenied, methodNotAllowed, notImplemented } from './errors.ts';
import { type Bucket, bucketArn } from './model.ts';

/** Bytes (User Guide, "Bucket policies": limited to 20 KB). */
const LONGEST = 20 * 1024;

const malformed = (message: string): AwsError => new AwsError('MalformedPolicy', message);

interface Document {
  readonly Statement?: unknown;
}

interface StatementText {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The text that is to be a bucket's policy. Throws `MalformedPolicy`, and `AccessDenied` for one that would make the bucket public. */
export const checkPolicy = ({ name }: Bucket, text: string): void => {
  if (Buffer.byteLength(text) > LONGEST)
    throw new AwsError('PolicyTooLarge', `Policy exceeds the maximum allowed document size of ${LONGEST} bytes`);
  try {
    readPolicy(text, 'resource');
  } catch (error) {
    if (error instanceof PolicyError) throw malformed(error.message);
    throw error;
  }
  for (const statement of listOf((JSON.parse(text) as Document).Statement) as readonly StatementText[]) {
    checkStatement(name, statement);
    checkKeys(statement);
    if (isPublic(statement)) throw accessDenied(PUBLIC);
  }
};

const PUBLIC =
  'User is not authorized to perform: s3:PutBucketPolicy on this resource because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.';

const checkStatement = (name: string, { Action, NotAction, Resource, NotResource }: StatementText): void => {
  for (const action of listOf(Action ?? NotAction))
    if (action !== '*' && !String(action).toLowerCase().startsWith('s3:')) throw malformed('Policy has invalid action');
  const resources = listOf(Resource ?? NotResource);
  if (resources.length === 0) throw malformed('Missing required field Resource');
  const own = bucketArn(name);
  for (const resource of resources)
    if (resource !== own && !String(resource).startsWith(`${own}/`)) throw malformed('Policy has invalid resource');
};

/** A key that no request has here would make a statement say something else than on AWS. */
const checkKeys = ({ Condition }: StatementText): void => {
  const keys = Object.values((Condition ?? {}) as Readonly<Record<string, object>>).flatMap((block) => Object.keys(block));
  const other = keys.find((key) => /^s3:/i.test(key) && !isKnownKey(key));
  if (other !== undefined) throw notImplemented(`the condition key ${other}`, { ConditionKey: other });
};

/**
 * A statement for everybody, without a condition, is public (User Guide, "The meaning of public"). There a condition with fixed values on one of
 * certain keys makes it not public; here every condition does.
 */
const isPublic = ({ Effect, Principal, Condition }: StatementText): boolean => {
  const named = typeof Principal === 'object' && Principal !== null && 'AWS' in Principal ? Principal.AWS : Principal;
  return Effect === 'Allow' && Condition === undefined && listOf(named).includes('*');
};

/** "If you have the correct permissions, but you're not using an identity that belongs to the bucket owner's AWS account": 405. */
export const demandOwner = ({ place }: Bucket, { caller }: CallContext): void => {
  if (caller.account !== place.account) throw methodNotAllowed();
};
