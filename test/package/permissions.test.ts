import { readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { REASONS_FOR_ANY_RESOURCE } from '../../scripts/stack/roles.ts';
import * as checks from './permissions.ts';
import { type Case, properties, type Resource, testCases } from './template.ts';

const catalogue = readFileSync(new URL('../../switchyard.yml', import.meta.url), 'utf8');
const places = checks.placesIn(catalogue);

interface Statement {
  Effect: string;
  Action: string[];
  Resource: unknown[];
  Condition?: unknown;
}

const statements = (resources: Record<string, Resource>, role: string): Statement[] =>
  properties(resources, role)['Policies'][0].PolicyDocument.Statement;

const statement = (resources: Record<string, Resource>, role: string, action: string): Statement => {
  const found = statements(resources, role).find(({ Action }) => Action.includes(action));
  if (found === undefined) throw new Error(`${role} has no ${action} to break`);
  return found;
};

const allow = (resources: Record<string, Resource>, role: string, action: string, resource: string): void => {
  statements(resources, role).push({ Effect: 'Allow', Action: [action], Resource: [resource] });
};

const CASES: readonly Case[] = [
  [
    'gives each function a role with its calls on its resources and no others (I10, S1.4)',
    checks.roles(places, checks.moves(catalogue)),
    {
      'a shared role': (all) => {
        properties(all, 'VerifyLambdaFunction')['Role'] = { 'Fn::GetAtt': ['DeployRole', 'Arn'] };
      },
      'a missing role': (all) => {
        delete all['SweepRole'];
      },
      'a role of nobody': (all) => {
        const Statement = [{ Effect: 'Allow', Action: ['ecs:StopTask'], Resource: ['arn:aws:ecs:x'] }];
        all['OtherRole'] = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement } }] } };
      },
      'a missing call': (all) => {
        statement(all, 'DeployRole', 'ecs:UpdateService').Action = [];
      },
      'a missing resource': (all) => {
        statement(all, 'RollbackRole', 'ecs:UpdateService').Resource.pop();
      },
      'a call too many': (all) => allow(all, 'RouteRole', 'ecs:UpdateService', 'arn:aws:ecs:x'),
      'a resource too many': (all) => {
        statement(all, 'DeployRole', 'sqs:ReceiveMessage').Resource.push({ 'Fn::GetAtt': ['VerifyQueue', 'Arn'] });
      },
      'promote pushing elsewhere': (all) => allow(all, 'PromoteRole', 'ecr:PutImage', 'arn:aws:ecr:x'),
      'verify changing ECS': (all) => allow(all, 'VerifyRole', 'ecs:UpdateService', 'arn:aws:ecs:x'),
      'roles passed to others than tasks': (all) => {
        delete statement(all, 'DeployRole', 'iam:PassRole').Condition;
      },
      'events in the name of others': (all) => {
        delete statement(all, 'RouteRole', 'events:PutEvents').Condition;
      },
      'a policy of AWS': (all) => {
        properties(all, 'SweepRole')['ManagedPolicyArns'] = ['arn:aws:iam::aws:policy/AdministratorAccess'];
      },
      'a call that is denied': (all) => {
        statement(all, 'SweepRole', 'dynamodb:Query').Effect = 'Deny';
      },
    },
  ],
  [
    'lets only Lambda take on the roles',
    checks.trust,
    {
      'another principal': (all) => {
        properties(all, 'DeployRole')['AssumeRolePolicyDocument'].Statement[0].Principal = { AWS: '*' };
      },
    },
  ],
  [
    'says * only with a reason',
    checks.anyResource(REASONS_FOR_ANY_RESOURCE),
    {
      'any resource': (all) => allow(all, 'SweepRole', 'sqs:SendMessage', '*'),
      'any action': (all) => allow(all, 'SweepRole', 'iam:*', 'arn:aws:iam::x'),
    },
  ],
  [
    "stays within IAM's quotas",
    checks.policyLength,
    { 'a long policy': (all) => allow(all, 'SweepRole', 'sqs:SendMessage', 'x'.repeat(10_240)) },
  ],
  [
    "keeps CI's policy to its own requests (S1.4)",
    checks.ciPolicy,
    {
      'any source': (all) => {
        delete properties(all, 'CiPolicy')['PolicyDocument'].Statement[0].Condition.StringEquals['events:source'];
      },
      'any type': (all) => {
        delete properties(all, 'CiPolicy')['PolicyDocument'].Statement[0].Condition.StringEquals['events:detail-type'];
      },
      'any bus': (all) => {
        properties(all, 'CiPolicy')['PolicyDocument'].Statement[0].Resource = '*';
      },
      'another action': (all) => {
        properties(all, 'CiPolicy')['PolicyDocument'].Statement[0].Action = 'events:*';
      },
      'more statements': (all) => {
        properties(all, 'CiPolicy')['PolicyDocument'].Statement.push({ Action: 'ecs:UpdateService', Resource: '*' });
      },
      'no policy': (all) => {
        delete all['CiPolicy'];
      },
    },
  ],
];

describe('the packaged permissions', () => testCases(CASES));
