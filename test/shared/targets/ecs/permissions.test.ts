import { describe, expect, it } from 'vitest';
import type { EcsConfig } from '../../../../shared/targets/ecs/config.ts';
import { ecsPermissions } from '../../../../shared/targets/ecs/permissions.ts';

const WHERE = { account: '123456789012', region: 'eu-west-1' };
const ROLE = 'arn:aws:iam::123456789012:role/task';
const config: EcsConfig = { kind: 'ecs-rolling', cluster: 'c', service: 'api', container: 'api' };
const SERVICE = 'arn:aws:ecs:eu-west-1:123456789012:service/c/api';

const statement = (action: string, over: Partial<EcsConfig> = {}) =>
  ecsPermissions({ ...config, ...over }, WHERE).restore.find(({ actions }) => actions.includes(action)) ??
  ecsPermissions({ ...config, ...over }, WHERE).observe.find(({ actions }) => actions.includes(action));

describe('permissions', () => {
  it('let only start and restore change anything', () => {
    const changing = (method: 'current' | 'start' | 'observe' | 'restore') =>
      ecsPermissions({ ...config, passRoles: [ROLE] }, WHERE)
        [method].flatMap(({ actions }) => actions)
        .filter((action) => !/^ecs:(Describe|List)/.test(action));
    const all = ['ecs:RegisterTaskDefinition', 'ecs:TagResource', 'ecs:UpdateService', 'iam:PassRole'];
    expect(changing('current')).toEqual([]);
    expect(changing('observe')).toEqual([]);
    expect(changing('start')).toEqual(all);
    expect(changing('restore')).toEqual(all);
  });

  it('are on this service alone, by the name of its cluster or its ARN', () => {
    expect(statement('ecs:UpdateService')?.resources).toEqual([SERVICE]);
    const cluster = 'arn:aws:ecs:eu-west-1:123456789012:cluster/c';
    expect(statement('ecs:UpdateService', { cluster })?.resources).toEqual([SERVICE]);
  });

  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment-permissions.html
  it('name the service beside its deployments and its revisions: ECS asks for both', () => {
    expect(statement('ecs:DescribeServiceDeployments')?.resources).toEqual([
      SERVICE,
      'arn:aws:ecs:eu-west-1:123456789012:service-deployment/c/api/*',
    ]);
    expect(statement('ecs:DescribeServiceRevisions')?.resources).toEqual([
      SERVICE,
      'arn:aws:ecs:eu-west-1:123456789012:service-revision/c/api/*',
    ]);
  });

  it('tag only what is registered, and pass only the roles of the catalogue, to tasks', () => {
    expect(statement('ecs:TagResource')?.conditions).toEqual({ StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } });
    expect(statement('iam:PassRole')).toBeUndefined();
    expect(statement('iam:PassRole', { passRoles: [ROLE] })).toEqual({
      actions: ['iam:PassRole'],
      resources: [ROLE],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    });
  });
});
