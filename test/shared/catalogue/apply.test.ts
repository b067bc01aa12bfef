import { describe, expect, it } from 'vitest';
import { formatProblems, readCatalogue } from '../../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../../shared/catalogue/resolve.ts';

const ROLE = 'arn:aws:iam::210987654321:role/switchyard/prod';

const WHERE = { account: '123456789012', region: 'eu-west-1' };

const APPLY = '{ kind: terraform, project: shop-infrastructure, bucket: shop-state }';

const catalogue = (environment = '', apply = APPLY, service = '') => `environments:
  prod:
    registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
${environment}
    services:
      shop:
        apply: ${apply}
        target: { kind: ecs-rolling, cluster: shop, container: app, base: family }
${service}`;

const SITES = `    sites:
      eu: { region: eu-west-1, wave: 1 }
      us: { region: us-east-1, wave: 2, role: '${ROLE}' }`;

const problemsOf = (text: string): string => {
  const read = readCatalogue(text);
  return 'problems' in read ? formatProblems('switchyard.yml', read.problems) : '';
};

const settingsOf = (text: string) => {
  const read = readCatalogue(text);
  if ('problems' in read) throw new Error(formatProblems('switchyard.yml', read.problems));
  return resolveCatalogue(read.source, WHERE).services[0]?.settings;
};

describe('what is applied before a service', () => {
  it('is a part of its own in the wave before, without a check, where the pipeline is and in its own name', () => {
    const settings = settingsOf(catalogue('', APPLY, '        health: { url: "https://shop.example" }\n'));
    expect(settings?.sites).toEqual([
      {
        name: 'infrastructure',
        ...WHERE,
        wave: 0,
        infrastructure: true,
        target: {
          kind: 'terraform',
          project: 'shop-infrastructure',
          bucket: 'shop-state',
          service: 'shop',
          environment: 'prod',
        },
      },
      {
        name: 'service',
        ...WHERE,
        wave: 1,
        target: expect.objectContaining({ kind: 'ecs-rolling' }),
        health: expect.objectContaining({ url: 'https://shop.example' }),
      },
    ]);
    expect(settings?.target).toMatchObject({ kind: 'ecs-rolling' });
    expect(settings).not.toHaveProperty('apply');
  });

  it('has its turn in each wave of sites, before the service there', () => {
    const apply = '{ kind: terraform, project: "shop-${site}", bucket: "shop-state-${region}" }';
    const sites = settingsOf(catalogue(SITES, apply))?.sites ?? [];
    expect(sites.map(({ name, wave, role, target }) => [name, wave, role, target['project'] ?? target.kind])).toEqual([
      ['eu.infrastructure', 0, undefined, 'shop-eu'],
      ['eu', 1, undefined, 'ecs-rolling'],
      ['us.infrastructure', 2, ROLE, 'shop-us'],
      ['us', 3, ROLE, 'ecs-rolling'],
    ]);
  });

  it('is reached in the role of the environment', () => {
    expect(settingsOf(catalogue(`    role: ${ROLE}`))?.sites).toMatchObject([
      { name: 'eu-west-1.infrastructure', account: '210987654321', role: ROLE, wave: 0 },
      { name: 'eu-west-1', account: '210987654321', role: ROLE, wave: 1 },
    ]);
  });

  it.each([
    [
      'another kind than may stand before one',
      APPLY.replace('terraform', 'ecs-rolling'),
      'unknown kind "ecs-rolling"; allowed: terraform',
    ],
    ['an unknown key', APPLY.replace('bucket', 'bukket'), 'apply.bukket: unknown key (did you mean "bucket"?)'],
    ['no bucket', '{ kind: terraform, project: shop }', '"bucket" is missing'],
    ['a value that nobody gives', APPLY.replace('}', ', variables: { v: version } }'), 'must be one of tag, digest, image'],
    ['a folder outside of the source', APPLY.replace('}', ', directory: "../other" }'), 'apply.directory: must match pattern'],
    ['a key that would break out of its quotes', APPLY.replace('}', `, key: 'a"b' }`), 'apply.key: must match pattern'],
  ])('is refused with %s', (_, apply, problem) => {
    expect(problemsOf(catalogue('', apply))).toContain(problem);
  });

  it('has a state in each site, or is refused', () => {
    expect(problemsOf(catalogue(SITES))).toContain('services.shop: names one state of Terraform twice; put ${site} or ${region}');
    expect(problemsOf(catalogue(SITES, APPLY.replace('shop-state', '"shop-${region}"')))).toBe('');
  });

  it('has a state that no other service has', () => {
    const two = (other: string) => `${catalogue('', APPLY.replace('}', ', key: shop }'))}
  dev:
    registry: x
    services:
      shop: { target: ${other} }
`;
    expect(problemsOf(two(APPLY.replace('}', ', key: shop }')))).toContain('names the same thing as prod.shop');
    expect(problemsOf(two(APPLY))).toBe('');
  });
});
