import { describe, expect, it } from 'vitest';
import { decide } from '../../../local/iam/evaluate.ts';
import { type PolicyKind, type Principal, readPolicy } from '../../../local/iam/policy.ts';

const USER: Principal = { kind: 'user', account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ann' };
const SESSION: Principal = {
  kind: 'role',
  account: '123456789012',
  arn: 'arn:aws:sts::123456789012:assumed-role/deployer/run-1',
  roleArn: 'arn:aws:iam::123456789012:role/deployer',
};
const EVENTBRIDGE: Principal = { kind: 'service', account: '123456789012', arn: 'events.amazonaws.com' };
const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:orders';

interface Asked {
  readonly principal?: Principal;
  readonly action?: string;
  readonly resource?: string;
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  readonly identity?: readonly object[];
  readonly onResource?: readonly object[];
}

const policy = (kind: PolicyKind, statements: readonly object[]) => ({
  name: kind,
  statements: readPolicy({ Version: '2012-10-17', Statement: statements }, kind),
});

const ask = ({ principal = USER, action = 'sqs:SendMessage', resource = QUEUE, keys = {}, identity = [], onResource }: Asked) =>
  decide({
    principal,
    need: { action, resource },
    owner: resource.split(':')[4] || principal.account,
    keys: new Map(Object.entries(keys).map(([key, values]) => [key.toLowerCase(), values])),
    identity: [policy('identity', identity)],
    resource: onResource === undefined ? undefined : policy('resource', onResource),
  });

const allow = (more: object = {}) => ({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE, ...more });
const deny = (more: object = {}) => ({ ...allow(more), Effect: 'Deny' });

/** IAM User Guide, "Policy evaluation logic": the cases of one account, each worked by hand. */
describe('a request', () => {
  it.each<[string, Asked, boolean]>([
    ['nobody allows is refused', {}, false],
    ["the identity's policy allows is allowed", { identity: [allow()] }, true],
    ['is allowed on another resource only is refused', { identity: [allow({ Resource: `${QUEUE}-2` })] }, false],
    ['is allowed for another action only is refused', { identity: [allow({ Action: 'sqs:ReceiveMessage' })] }, false],
    ["the resource's policy allows the identity is allowed", { onResource: [allow({ Principal: { AWS: USER.arn } })] }, true],
    [
      "the resource's policy allows the role of the session is allowed",
      { principal: SESSION, onResource: [allow({ Principal: { AWS: 'arn:aws:iam::123456789012:role/deployer' } })] },
      true,
    ],
    ["the resource's policy allows everybody is allowed", { onResource: [allow({ Principal: '*' })] }, true],
    [
      "the resource's policy allows another identity is refused",
      { onResource: [allow({ Principal: { AWS: SESSION.arn } })] },
      false,
    ],
    // "the account delegates": its identities still need a policy of their own (AWS JSON policy elements: Principal)
    [
      "the resource's policy allows the account alone is refused",
      { onResource: [allow({ Principal: { AWS: '123456789012' } })] },
      false,
    ],
    [
      'is denied by the identity is refused, whoever allows',
      { identity: [allow(), deny()], onResource: [allow({ Principal: '*' })] },
      false,
    ],
    [
      'is denied by the resource is refused, whoever allows',
      { identity: [allow()], onResource: [deny({ Principal: '*' })] },
      false,
    ],
    [
      'is denied to the account by the resource is refused',
      { identity: [allow()], onResource: [deny({ Principal: { AWS: '123456789012' } })] },
      false,
    ],
    ['is denied to others is allowed', { identity: [allow()], onResource: [deny({ Principal: { AWS: SESSION.arn } })] }, true],
    [
      'a service makes is allowed by the resource',
      { principal: EVENTBRIDGE, onResource: [allow({ Principal: { Service: 'events.amazonaws.com' } })] },
      true,
    ],
    [
      'another service makes is refused',
      { principal: EVENTBRIDGE, onResource: [allow({ Principal: { Service: 's3.amazonaws.com' } })] },
      false,
    ],
    ['a service makes without a policy is refused', { principal: EVENTBRIDGE }, false],
    ['fits NotAction is refused', { identity: [{ Effect: 'Allow', NotAction: 'sqs:SendMessage', Resource: '*' }] }, false],
    ['does not fit NotAction is allowed', { identity: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }] }, true],
    ['fits NotResource is refused', { identity: [{ Effect: 'Allow', Action: '*', NotResource: QUEUE }] }, false],
    [
      'does not fit NotResource is allowed',
      { identity: [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::x' }] },
      true,
    ],
    ['is denied by NotAction is refused', { identity: [allow(), { Effect: 'Deny', NotAction: 'iam:*', Resource: '*' }] }, false],
  ])('that %s', (_, asked, allowed) => {
    expect(ask(asked).allowed).toBe(allowed);
  });

  it('tells whether a statement denies it or none allows it, and which kind of policy', () => {
    expect(ask({ identity: [deny()] }).refusal).toEqual({ explicit: true, by: 'identity', crossing: false });
    expect(ask({ onResource: [deny({ Principal: '*' })] }).refusal).toEqual({ explicit: true, by: 'resource', crossing: false });
    expect(ask({}).refusal).toEqual({ explicit: false, by: 'identity', crossing: false });
    expect(ask({ principal: EVENTBRIDGE, onResource: [] }).refusal).toEqual({ explicit: false, by: 'resource', crossing: false });
  });
});

/** IAM User Guide, "IAM JSON policy elements: Action" and "Resource": wildcards stand for any characters. */
describe('a wildcard', () => {
  it.each<[string, string, string, boolean]>([
    ['Action', '*', 'sqs:SendMessage', true],
    ['Action', 'sqs:*', 'sqs:SendMessage', true],
    ['Action', 'sqs:Send*', 'sqs:SendMessage', true],
    ['Action', 'SQS:sendmessage', 'sqs:SendMessage', true],
    ['Action', 'sqs:Send?essage', 'sqs:SendMessage', true],
    ['Action', 'sqs:Send?', 'sqs:SendMessage', false],
    ['Action', 'sns:*', 'sqs:SendMessage', false],
    ['Resource', '*', QUEUE, true],
    ['Resource', 'arn:aws:sqs:*:*:orders', QUEUE, true],
    ['Resource', 'arn:aws:sqs:eu-west-1:123456789012:ord*', QUEUE, true],
    ['Resource', 'arn:aws:sqs:eu-west-1:123456789012:order?', QUEUE, true],
    ['Resource', 'arn:aws:sqs:eu-west-1:123456789012:order', QUEUE, false],
    ['Resource', 'arn:aws:sqs:eu-west-1:123456789012:ORDERS', QUEUE, false],
    ['Resource', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/one/two', true],
    ['Resource', 'arn:aws:s3:::b/(.+)', 'arn:aws:s3:::b/x', false],
  ])('in %s: %s and %s: %s', (member, pattern, asked, allowed) => {
    const [action, resource] = member === 'Action' ? [asked, QUEUE] : ['sqs:SendMessage', asked];
    const identity = [{ Effect: 'Allow', Action: '*', Resource: '*', [member]: pattern }];
    expect(ask({ action, resource, identity }).allowed).toBe(allowed);
  });
});

/** IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple context keys or values". */
describe('a condition', () => {
  it.each<[string, object, Record<string, readonly string[]>, boolean]>([
    ['StringEquals', { StringEquals: { 'events:source': ['ci', 'cd'] } }, { 'events:source': ['cd'] }, true],
    ['StringEquals of another case', { StringEquals: { 'events:source': 'ci' } }, { 'events:source': ['CI'] }, false],
    ['a key of another case', { StringEquals: { 'Events:Source': 'ci' } }, { 'events:source': ['ci'] }, true],
    ['StringEquals without the key', { StringEquals: { 'events:source': 'ci' } }, {}, false],
    ['StringEqualsIfExists without the key', { StringEqualsIfExists: { 'events:source': 'ci' } }, {}, true],
    [
      'StringEqualsIfExists with another value',
      { StringEqualsIfExists: { 'events:source': 'ci' } },
      { 'events:source': ['x'] },
      false,
    ],
    ['StringNotEquals', { StringNotEquals: { k: ['a', 'b'] } }, { k: ['c'] }, true],
    ['StringNotEquals of one of its values', { StringNotEquals: { k: ['a', 'b'] } }, { k: ['b'] }, false],
    ['StringNotEquals without the key', { StringNotEquals: { k: 'a' } }, {}, true],
    ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { k: 'AbC' } }, { k: ['aBc'] }, true],
    ['StringLike', { StringLike: { k: 'rel-*' } }, { k: ['rel-1'] }, true],
    ['StringEquals takes a star as it is', { StringEquals: { k: 'rel-*' } }, { k: ['rel-1'] }, false],
    ['StringNotLike', { StringNotLike: { k: ['aws.*'] } }, { k: ['aws.ecs'] }, false],
    [
      'ArnLike',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/bus/*' } },
      { 'aws:SourceArn': ['arn:aws:events:eu-west-1:1:rule/bus/r'] },
      true,
    ],
    ['ArnLike part by part', { ArnLike: { k: 'arn:aws:*:queue' } }, { k: ['arn:aws:sqs:eu-west-1:1:queue'] }, false],
    ['ArnEquals with a wildcard', { ArnEquals: { k: 'arn:aws:sqs:*:*:q' } }, { k: ['arn:aws:sqs:eu-west-1:1:q'] }, true],
    ['ArnNotLike', { ArnNotLike: { k: 'arn:aws:sqs:*:*:q' } }, { k: ['arn:aws:sqs:eu-west-1:1:q'] }, false],
    ['NumericLessThan', { NumericLessThan: { k: '10' } }, { k: ['9'] }, true],
    ['NumericLessThan of the same', { NumericLessThan: { k: 10 } }, { k: ['10'] }, false],
    ['NumericGreaterThanEquals', { NumericGreaterThanEquals: { k: '10' } }, { k: ['10'] }, true],
    ['DateGreaterThan', { DateGreaterThan: { k: '2026-01-01T00:00:00Z' } }, { k: ['2026-01-01T00:00:01Z'] }, true],
    ['DateLessThan in seconds', { DateLessThan: { k: '1000' } }, { k: ['1970-01-01T00:20:00Z'] }, false],
    ['Bool', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': ['true'] }, false],
    ['Null: the key must be absent', { Null: { k: 'true' } }, {}, true],
    ['Null: the key must be there', { Null: { k: 'false' } }, {}, false],
    ['two operators, both', { StringEquals: { a: '1' }, StringLike: { b: 'x*' } }, { a: ['1'], b: ['xy'] }, true],
    ['two operators, one', { StringEquals: { a: '1' }, StringLike: { b: 'x*' } }, { a: ['1'], b: ['y'] }, false],
    ['two keys of one operator, one', { StringEquals: { a: '1', b: '2' } }, { a: ['1'], b: ['3'] }, false],
    ['ForAllValues', { 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, false],
    ['ForAllValues without the key', { 'ForAllValues:StringEquals': { k: ['a'] } }, {}, true],
    ['ForAnyValue', { 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, true],
    ['ForAnyValue without the key', { 'ForAnyValue:StringEquals': { k: ['a'] } }, {}, false],
    ['a variable', { StringEquals: { k: '${aws:username}' } }, { k: ['ann'], 'aws:username': ['ann'] }, true],
    ['a variable without a value', { StringEquals: { k: '${aws:username}' } }, { k: [''] }, false],
    ["a variable's default", { StringEquals: { k: "${aws:username, 'ann'}" } }, { k: ['ann'] }, true],
    ['a star that is meant', { StringLike: { k: 'a${*}b' } }, { k: ['axb'] }, false],
    ['a star that is there', { StringLike: { k: 'a${*}b' } }, { k: ['a*b'] }, true],
  ])('of %s', (_, Condition, keys, allowed) => {
    expect(ask({ identity: [allow({ Condition })], keys }).allowed).toBe(allowed);
  });
});

describe('a policy', () => {
  it.each<[string, PolicyKind, object, string]>([
    ['without an effect', 'identity', { Action: '*', Resource: '*' }, 'Effect must be Allow or Deny'],
    ['without an action', 'identity', { Effect: 'Allow', Resource: '*' }, 'has no Action'],
    ['without a resource', 'identity', { Effect: 'Allow', Action: '*' }, 'has no Resource'],
    [
      'with an action of no service',
      'identity',
      { Effect: 'Allow', Action: 'SendMessage', Resource: '*' },
      'an action of no service: SendMessage',
    ],
    [
      'with a resource that is no ARN',
      'identity',
      { Effect: 'Allow', Action: '*', Resource: 'orders' },
      'a resource that is no ARN: orders',
    ],
    ["with a principal in an identity's policy", 'identity', { ...allow(), Principal: '*' }, 'has no Principal'],
    ["without a principal in a resource's policy", 'resource', allow(), 'has no Principal'],
    ['with a resource in a trust', 'trust', { ...allow(), Principal: '*' }, 'a trust policy has no Resource'],
    [
      'with an unknown operator',
      'identity',
      allow({ Condition: { StringIs: { k: 'a' } } }),
      'an operator that is not known: StringIs',
    ],
    [
      'with IP addresses',
      'identity',
      allow({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
      'not known: IpAddress',
    ],
    ['with NotPrincipal', 'resource', { ...allow(), NotPrincipal: { AWS: '*' } }, 'NotPrincipal is not known'],
    ['with an unknown element', 'identity', { ...allow(), Sids: 'x' }, 'an element that is not known: Sids'],
  ])('%s is refused, with the place', (_, kind, statement, message) => {
    expect(() => readPolicy({ Version: '2012-10-17', Statement: [statement] }, kind)).toThrow(message);
  });

  it('may have one statement instead of a list, and is refused without any, of another version, or as a text that is not JSON', () => {
    expect(readPolicy({ Version: '2012-10-17', Statement: allow() }, 'identity')).toHaveLength(1);
    expect(() => readPolicy({ Version: '2012-10-17' }, 'identity')).toThrow('the policy has no Statement');
    expect(() => readPolicy({ Version: '2026-01-01', Statement: [] }, 'identity')).toThrow('a version that is not known');
    expect(() => readPolicy('{', 'identity')).toThrow('the policy is not JSON');
  });
});
