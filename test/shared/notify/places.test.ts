import { describe, expect, it } from 'vitest';
import type { CatalogueSource } from '../../../shared/catalogue/generated/types.ts';
import { resolveCatalogue } from '../../../shared/catalogue/resolve.ts';
import type { Outcome } from '../../../shared/notify/outcome.ts';
import { placesFor } from '../../../shared/notify/places.ts';
import type { Runtime } from '../../../shared/runtime.ts';

const ECS = { kind: 'ecs-rolling', cluster: 'main', container: 'app', passRoles: ['arn:aws:iam::123456789012:role/task'] };

const runtimeIn = (region: string, links?: Readonly<Record<string, string>>, service: object = { target: ECS }): Runtime => {
  const source = {
    ...(links === undefined ? {} : { notify: { links } }),
    environments: {
      'eu.prod': {
        registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
        services: { api: { ...service, health: { url: 'https://api.example.com/health' } } },
      },
    },
  } as unknown as CatalogueSource;
  const settings = { region, bus: 'switchyard', references: {} };
  return { catalogue: resolveCatalogue(source, { account: '123456789012', region }), settings } as unknown as Runtime;
};

const outcomeIn = (environment: string): Outcome =>
  ({ type: 'DeploymentFailed', detail: { environment, service: 'api' } }) as Outcome;

describe('where to read on', () => {
  it('is the dashboard that the stack makes of the environment, and the console', () => {
    // names and addresses as test/package/monitoring.test.ts holds them against the packaged stack
    expect(placesFor(runtimeIn('eu-west-1'), outcomeIn('eu.prod'))).toEqual({
      dashboard:
        'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/switchyard-eu__prod',
      deployments: 'https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/main/services/api/deployments?region=eu-west-1',
    });
  });

  it('is the log group of the service, which a function has by itself', () => {
    const logs = (service: object) => placesFor(runtimeIn('eu-west-1', {}, service), outcomeIn('eu.prod'))['service logs'];
    const address = 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/';
    // the console writes `%` of a name that is encoded twice as `$`
    expect(logs({ target: ECS, logGroup: '/ecs/api' })).toBe(`${address}$252Fecs$252Fapi`);
    expect(logs({ target: { kind: 'lambda', function: 'orders' } })).toBe(`${address}$252Faws$252Flambda$252Forders`);
    expect(logs({ target: ECS })).toBeUndefined();
  });

  it('is in the partition of the region', () => {
    for (const address of Object.values(placesFor(runtimeIn('cn-north-1'), outcomeIn('eu.prod'))))
      expect(address).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\//);
  });

  it('is what the catalogue says, before all else', () => {
    const links = { dashboard: 'https://example.com/board', logs: 'https://example.com/logs' };
    const { deployments: _, ...places } = placesFor(runtimeIn('eu-west-1', links), outcomeIn('eu.prod'));
    expect(places).toEqual(links);
  });

  it('is nowhere, of an environment that the catalogue does not know', () => {
    expect(placesFor(runtimeIn('eu-west-1'), outcomeIn('nowhere'))).toEqual({});
  });
});
