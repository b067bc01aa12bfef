import { describe, expect, it } from 'vitest';
import { HOME } from '../../../local/place.ts';
import { inOrder } from '../../../local/stack/dependencies.ts';
import { isTrue, resolve, type Scope } from '../../../local/stack/intrinsics.ts';
import { StackError } from '../../../local/stack/stack-error.ts';
import { parseTemplate } from '../../../local/stack/template.ts';

const scope: Scope = {
  stackName: 'pipeline',
  place: HOME,
  conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] },
  },
  resource: (id) => {
    if (id !== 'Queue') throw new StackError(`no ${id}`);
    return { ref: 'http://local/queue', attributes: { Arn: 'arn:queue', 'Nested.Name': 'nested' } };
  },
};

// CloudFormation template reference, "Intrinsic functions" and "Pseudo parameters"
describe('a function of a template', () => {
  it.each([
    ['Ref of a resource', { Ref: 'Queue' }, 'http://local/queue'],
    ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['AWS::Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['AWS::StackName', { Ref: 'AWS::StackName' }, 'pipeline'],
    ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'Queue.Nested.Name' }, 'nested'],
    ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'AWS::Region' }, 5]] }, 'a:eu-west-1:5'],
    ['Fn::Join without what is no value', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a-b'],
    ['Fn::Split and Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::GetAtt': 'Queue.Arn' }] }] }, 'queue'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${AWS::StackName}/${Queue}/${Queue.Arn}/${!Literal}' },
      'pipeline/http://local/queue/arn:queue/${Literal}',
    ],
    ['Fn::Sub with names of its own', { 'Fn::Sub': ['${A}-${Queue.Arn}', { A: { Ref: 'AWS::Region' } }] }, 'eu-west-1-arn:queue'],
    ['Fn::If that holds', { 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
    ['Fn::If that does not', { 'Fn::If': ['No', 'a', { Ref: 'AWS::Partition' }] }, 'aws'],
    ['no value in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['no value at all', { 'Fn::If': ['No', 'a', { Ref: 'AWS::NoValue' }] }, undefined],
    ['an object of one member that is no function', { Reference: 'Queue' }, { Reference: 'Queue' }],
    ['what is left as it is', [1, true, null, 'x', { a: [] }], [1, true, null, 'x', { a: [] }]],
  ])('%s', (_, value, expected) => {
    expect(resolve(value, scope, 'here')).toEqual(expected);
  });

  it.each([
    ['Yes', true],
    ['No', false],
    ['Both', false],
    ['Either', true],
  ])('condition %s is %s', (name, expected) => {
    expect(isTrue(name, scope)).toBe(expected);
  });
});

describe('the order of creation', () => {
  it('follows references, placeholders and dependencies, and is that of the template otherwise', () => {
    const { resources } = parseTemplate({
      Resources: {
        A: { Type: 'T', Properties: { x: { 'Fn::Sub': ['${B.Arn}${Own}', { Own: { Ref: 'D' } }] } } },
        B: { Type: 'T', DependsOn: 'C' },
        C: { Type: 'T', Properties: { x: [{ 'Fn::If': ['Never', { 'Fn::GetAtt': ['E', 'Arn'] }, 'y'] }] } },
        D: { Type: 'T' },
        E: { Type: 'T', Properties: { region: { Ref: 'AWS::Region' } } },
      },
    });
    const order = inOrder(resources);
    expect([...order].sort()).toEqual(['A', 'B', 'C', 'D', 'E']);
    for (const [first, then] of [
      ['E', 'C'],
      ['C', 'B'],
      ['B', 'A'],
      ['D', 'A'],
    ] as const)
      expect(order.indexOf(first)).toBeLessThan(order.indexOf(then));
  });
});
