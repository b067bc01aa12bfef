import { describe, expect, it } from 'vitest';
import { rolesFor } from '../../scripts/stack/roles.ts';
import { merged } from '../../scripts/stack/statements.ts';
import type { Catalogue, CatalogueService } from '../../shared/catalogue/catalogue.ts';

const service = (name: string): CatalogueService => ({
  name,
  environment: 'prod',
  lane: 'prod',
  registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
  settings: {
    target: { kind: 'ecs-rolling', cluster: 'prod', service: name, container: 'app', passRoles: [] },
    alarms: [],
    requireOk: false,
    bakeSeconds: 0,
    rolloutSeconds: 600,
    rollbackSeconds: 600,
    rollbackWindowSeconds: 0,
    waitSeconds: 3600,
    maxAgeSeconds: 3600,
    maxWaiting: 100,
  },
});

const catalogue = (count: number): Catalogue => ({
  services: Array.from({ length: count }, (_, index) => service(`service-number-${index}`)),
});

describe('statements', () => {
  it('name a resource once, with all that is allowed on it', () => {
    const statements = [
      { actions: ['ecs:DescribeServices'], resources: ['a'] },
      { actions: ['ecs:UpdateService'], resources: ['a'] },
      { actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: ['b'] },
      { actions: ['ecs:DescribeTasks'], resources: ['c'] },
    ];
    expect(merged(statements)).toEqual([
      { Effect: 'Allow', Action: ['ecs:DescribeServices', 'ecs:UpdateService'], Resource: ['a', 'b'] },
      { Effect: 'Allow', Action: ['ecs:DescribeTasks'], Resource: ['c'] },
    ]);
  });

  it('keep their conditions to themselves', () => {
    const conditions = { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } };
    const statements = [
      { actions: ['iam:PassRole'], resources: ['a'], conditions },
      { actions: ['iam:GetRole'], resources: ['a'] },
      { actions: ['iam:PassRole'], resources: ['b'], conditions },
    ];
    expect(merged(statements)).toEqual([
      { Effect: 'Allow', Action: ['iam:PassRole'], Resource: ['a', 'b'], Condition: conditions },
      { Effect: 'Allow', Action: ['iam:GetRole'], Resource: ['a'] },
    ]);
  });

  it('leave it to CloudFormation to fill in the account and the region', () => {
    const resource = 'arn:aws:ecs:${AWS::Region}:${AWS::AccountId}:service/prod/api';
    expect(merged([{ actions: ['ecs:UpdateService'], resources: [resource] }])).toEqual([
      { Effect: 'Allow', Action: ['ecs:UpdateService'], Resource: [{ 'Fn::Sub': resource }] },
    ]);
  });
});

describe('roles', () => {
  it('know every service of the catalogue', () => {
    const { VerifyRole, DeployRole } = rolesFor(catalogue(2)).Resources;
    for (const role of [VerifyRole, DeployRole]) {
      expect(JSON.stringify(role)).toContain('service/prod/service-number-0"');
      expect(JSON.stringify(role)).toContain('service/prod/service-number-1"');
    }
  });

  it('that are too long for IAM are refused when the pipeline is packaged, with what to do', () => {
    expect(() => rolesFor(catalogue(60))).toThrow(
      /^the policy of DeployRole may have \d+ characters, and IAM takes 10240: .*; divide it between two$/,
    );
    expect(() => rolesFor(catalogue(15))).not.toThrow();
  });
});
