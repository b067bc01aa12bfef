import { describe, expect, it } from 'vitest';
import { quotaProblems, unsetReferences } from '../../scripts/stack/quotas.ts';
import { type Break, packaged, properties, testCases } from './template.ts';

const more =
  (count: number, resource: (index: number) => { Type: string; Properties: Record<string, unknown> }): Break =>
  (all) => {
    for (let index = 0; index < count; index += 1) all[`More${index}`] = resource(index);
  };

const long = (characters: number) => ({ Statement: [{ Effect: 'Allow', Action: '*', Resource: 'x'.repeat(characters) }] });

/** The numbers are those of the pages that the sentences name. */
describe('the packaged template', () =>
  testCases([
    [
      "fits into AWS's quotas",
      quotaProblems,
      {
        '501 resources': more(501, () => ({ Type: 'AWS::SQS::Queue', Properties: {} })),
        'a template of more than 1 MB': (all) => {
          properties(all, 'CiPolicy')['Description'] = 'x'.repeat(1_048_577);
        },
        '301 rules on one bus': more(301, () => ({ Type: 'AWS::Events::Rule', Properties: { EventBusName: { Ref: 'Bus' } } })),
        'six targets of a rule': (all) => {
          properties(all, 'AlarmRule')['Targets'] = Array.from({ length: 6 }, (_, index) => ({ Id: String(index), Arn: 'a' }));
        },
        'a pattern of more than 2,048 characters': (all) => {
          properties(all, 'AlarmRule')['EventPattern'] = { source: ['x'.repeat(2049)] };
        },
        'a function name of 65 characters': (all) => {
          properties(all, 'RouteLambdaFunction')['FunctionName'] = 'x'.repeat(65);
        },
        'environment variables of more than 4 KB': (all) => {
          properties(all, 'RouteLambdaFunction')['Environment'].Variables.MORE = 'x'.repeat(4096);
        },
        'a timeout of more than 15 minutes': (all) => {
          properties(all, 'RouteLambdaFunction')['Timeout'] = 901;
        },
        'a queue name of 81 characters': (all) => {
          properties(all, 'Inbox')['QueueName'] = 'x'.repeat(81);
        },
        'a queue policy of more than 8,192 bytes': (all) => {
          properties(all, 'InboxPolicy')['PolicyDocument'] = long(8192);
        },
        'a queue policy of 21 statements': (all) => {
          properties(all, 'InboxPolicy')['PolicyDocument'] = { Statement: Array.from({ length: 21 }, () => ({})) };
        },
        "a role's policies of more than 10,240 characters together": (all) => {
          properties(all, 'SweepRole')['Policies'] = [{ PolicyDocument: long(6000) }, { PolicyDocument: long(6000) }];
        },
        'a trust policy of more than 2,048 characters': (all) => {
          properties(all, 'SweepRole')['AssumeRolePolicyDocument'] = long(2048);
        },
        'a managed policy of more than 6,144 characters': (all) => {
          properties(all, 'CiPolicy')['PolicyDocument'] = long(6144);
        },
        'a table with 21 indexes': (all) => {
          properties(all, 'Table')['GlobalSecondaryIndexes'] = Array.from({ length: 21 }, () => ({}));
        },
      },
    ],
  ]));

describe('packaging', () => {
  it('for an account asks for every reference of the catalogue', () => {
    const template = packaged();
    expect(unsetReferences(template, ['ADIT_SERVICE_PREPROD_URL'])).toEqual(['ADIT_SERVICE_PREPROD_URL']);
    for (const [, { Type, Properties }] of Object.entries(template.Resources)) {
      if (Type === 'AWS::Lambda::Function')
        Properties['Environment'].Variables.ADIT_SERVICE_PREPROD_URL = 'https://adit.example.com';
    }
    expect(unsetReferences(template, ['ADIT_SERVICE_PREPROD_URL'])).toEqual([]);
  });
});
