import { AwsError } from '../../errors.ts';
import { PolicyError } from '../../iam/conditions.ts';
import { readPolicy } from '../../iam/policy.ts';
import type { Action } from '../../service.ts';
import { invalid, onlyKnown } from '../known.ts';
import type { Bus, EventsStore } from '../model.ts';
import { type Statement, statementsOf } from '../policy.ts';
import { busOf } from '../store.ts';

/** Characters of a bus's policy (User Guide, "EventBridge quotas"). */
const LONGEST = 10_240;

const PARTS = ['Action', 'Principal', 'StatementId', 'Condition'];

/** A whole policy, or one statement, which replaces that of the same id (API reference, PutPermission). */
export const putPermission: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['EventBusName', 'Policy', ...PARTS], 'PutPermission');
  const bus = busOf(store, input['EventBusName']);
  const parts = PARTS.filter((name) => input[name] !== undefined);
  if (input['Policy'] !== undefined && parts.length > 0)
    throw invalid(`Parameter Policy cannot be specified together with ${parts.join(', ')}.`);
  const policy = input['Policy'] === undefined ? withStatement(bus, input) : parsed(String(input['Policy']));
  if (JSON.stringify(policy).length > LONGEST)
    throw new AwsError('PolicyLengthExceededException', `The event bus policy is longer than ${LONGEST} characters.`);
  try {
    readPolicy(policy, 'resource');
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw invalid(`Parameter Policy is not valid. Reason: ${error.message}`);
  }
  bus.policy = policy;
  bus.changedAt = store.clock.now();
  return undefined;
};

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const policy: unknown = JSON.parse(text);
    if (typeof policy === 'object' && policy !== null) return { ...policy };
  } catch {
    // not JSON: refused as below
  }
  throw invalid('Parameter Policy is not valid JSON.');
};

const withStatement = (bus: Bus, input: Readonly<Record<string, unknown>>) => {
  const [action, principal, id] = [input['Action'], input['Principal'], input['StatementId']].map((part) => String(part ?? ''));
  if (action !== 'events:PutEvents') throw invalid(`Provided value in parameter 'action' is not supported.`);
  if (!/^(\*|[0-9]{12})$/.test(principal ?? ''))
    throw invalid(`Provided value in parameter 'principal' has to be an account or *.`);
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id ?? '')) throw invalid(`Provided value in parameter 'statementId' is not valid.`);
  const statement: Statement = {
    Sid: id ?? '',
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : { AWS: `arn:aws:iam::${principal}:root` },
    Action: 'events:PutEvents',
    Resource: bus.arn,
    ...conditionOf(input['Condition']),
  };
  const others = statementsOf(bus).filter(({ Sid }) => Sid !== id);
  return { Version: '2012-10-17', Statement: [...others, statement] };
};

/** `{ Type, Key, Value }`, which is about the caller's organization. */
const conditionOf = (condition: unknown) => {
  if (condition === undefined) return {};
  const { Type, Key, Value } = condition as Readonly<Record<string, string>>;
  if (Type !== 'StringEquals' || Key !== 'aws:PrincipalOrgID')
    throw invalid('Condition has to be StringEquals of aws:PrincipalOrgID.');
  return { Condition: { StringEquals: { 'aws:PrincipalOrgID': Value } } };
};
