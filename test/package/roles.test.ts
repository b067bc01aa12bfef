import { describe, expect, it } from 'vitest';
import { rolesFor } from '../../scripts/stack/roles.ts';
import { merged } from '../../scripts/stack/statements.ts';
import type { Catalogue, CatalogueService } from '../../shared/catalogue/catalogue.ts';

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly unknown[];
  readonly Condition?: unknown;
}

interface Document {
  readonly Statement: readonly Statement[];
}

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Policies?: readonly { readonly PolicyDocument: Document }[];
    readonly PolicyDocument?: Document;
    readonly Roles?: unknown;
  };
}

/** As CloudFormation fills it in. */
const asDeployed = (document: unknown): string =>
  JSON.stringify(document, (_, value) =>
    typeof value === 'object' && value !== null && 'Fn::Sub' in value ? value['Fn::Sub'] : value,
  )
    .replaceAll('${AWS::Region}', 'ap-northeast-1')
    .replaceAll('${AWS::AccountId}', '123456789012');

const service = (name: string): CatalogueService => ({
  name,
  environment: 'prod',
  lane: 'prod',
  deploy: 'on-request',
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
  promotions: [],
  external: [],
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

  it('have managed policies beside their own where that has no room, and allow the same', () => {
    const resources = rolesFor(catalogue(60)).Resources as Readonly<Record<string, Resource | undefined>>;
    const names = Object.keys(resources).filter((name) => name.startsWith('DeployRole'));
    expect(names.slice(0, 3)).toEqual(['DeployRole', 'DeployRolePolicy1', 'DeployRolePolicy2']);
    const [role, ...managed] = names.map((name) => resources[name]);
    for (const { Type, Properties } of managed as readonly Resource[]) {
      expect([Type, Properties.Roles]).toEqual(['AWS::IAM::ManagedPolicy', [{ Ref: 'DeployRole' }]]);
      // IAM User Guide, "IAM and AWS STS quotas": 6,144 characters, white space not counted
      expect(asDeployed(Properties.PolicyDocument).length).toBeLessThanOrEqual(6144);
    }
    const documents = [role, ...managed].map(
      (one) => one?.Properties.PolicyDocument ?? one?.Properties.Policies?.[0]?.PolicyDocument,
    );
    const grants = documents.flatMap((document) =>
      (document?.Statement ?? []).flatMap(({ Action, Resource: on, Condition }) =>
        Action.flatMap((action) => on.map((resource) => JSON.stringify([action, resource, Condition]))),
      ),
    );
    expect(new Set(grants).size).toBe(grants.length);
    for (let index = 0; index < 60; index += 1)
      expect(
        grants.filter(
          (grant) => grant.includes(`:service/prod/service-number-${index}"`) && grant.includes('"ecs:UpdateService"'),
        ),
      ).toHaveLength(1);
    expect(Object.keys(rolesFor(catalogue(15)).Resources)).toHaveLength(7);
  });

  it('that are too long for IAM are refused when the pipeline is packaged, with what to do', () => {
    expect(() => rolesFor(catalogue(400))).toThrow(
      /^DeployRole would need \d+ managed policies beside its own, and IAM attaches 10: .*; divide it between two$/,
    );
  });
});
