import { describe, expect, it } from 'vitest';
import { formatProblems, readCatalogue } from '../../../shared/catalogue/load.ts';
import { referencesOf, resolveCatalogue } from '../../../shared/catalogue/resolve.ts';

const ROLE = 'arn:aws:iam::210987654321:role/switchyard/prod';

const catalogue = (environment: string, service = '') => `environments:
  prod:
    registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
${environment}
    services:
      shop:
        target: { kind: ecs-rolling, cluster: shop, container: app }
${service}`;

const SITES = `    sites:
      late: { region: ap-south-1, wave: 7 }
      eu: { region: eu-west-1, wave: 2 }
      us: { region: us-east-1, wave: 2, role: '${ROLE}' }`;

const WHERE = { account: '123456789012', region: 'eu-west-1' };

const sourceOf = (text: string) => {
  const read = readCatalogue(text);
  if ('problems' in read) throw new Error(formatProblems('switchyard.yml', read.problems));
  return read.source;
};

const problemsOf = (text: string): string => {
  const read = readCatalogue(text);
  return 'problems' in read ? formatProblems('switchyard.yml', read.problems) : '';
};

const settingsOf = (text: string) => resolveCatalogue(sourceOf(text), WHERE).services[0]?.settings;

describe('the sites of an environment', () => {
  it('come in the order of their waves, each with its account, region and role', () => {
    expect(settingsOf(catalogue(SITES))?.sites).toEqual([
      { name: 'eu', account: '123456789012', region: 'eu-west-1', wave: 0, target: expect.objectContaining({ service: 'shop' }) },
      { name: 'us', account: '210987654321', region: 'us-east-1', wave: 0, role: ROLE, target: expect.anything() },
      { name: 'late', account: '123456789012', region: 'ap-south-1', wave: 1, target: expect.anything() },
    ]);
  });

  it('fill their names into what the service is there', () => {
    const service = `        health: { url: "https://\${site}.shop.example/\${region}" }
        smoke: { tests: [{ name: page, url: "\${env:SHOP_\${site}_URL}/" }, { name: own, function: "smoke-\${account}" }] }
        alarms: ["shop-\${site}-5xx", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shared"]
`;
    const text = catalogue(SITES, service).replace(
      'container: app',
      'container: app, passRoles: ["arn:aws:iam::${account}:role/task"]',
    );
    const settings = settingsOf(text);
    expect(settings?.sites).toMatchObject([
      {
        name: 'eu',
        health: { url: 'https://eu.shop.example/eu-west-1', attempts: 15 },
        smoke: { tests: [{ url: '${env:SHOP_eu_URL}/' }, { function: 'smoke-123456789012' }] },
        target: { passRoles: ['arn:aws:iam::123456789012:role/task'] },
      },
      {
        name: 'us',
        health: { url: 'https://us.shop.example/us-east-1' },
        target: { passRoles: ['arn:aws:iam::210987654321:role/task'] },
      },
      { name: 'late' },
    ]);
    expect(settings?.health?.url).toBe('https://eu.shop.example/eu-west-1');
    expect(settings?.alarms).toEqual([
      'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-eu-5xx',
      'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shared',
      'arn:aws:cloudwatch:us-east-1:210987654321:alarm:shop-us-5xx',
      'arn:aws:cloudwatch:ap-south-1:123456789012:alarm:shop-late-5xx',
    ]);
    expect(referencesOf(sourceOf(text))).toEqual(['SHOP_late_URL', 'SHOP_eu_URL', 'SHOP_us_URL']);
  });

  it('are one where the environment has a role: its account, in the region of the pipeline', () => {
    expect(settingsOf(catalogue(`    role: ${ROLE}`, '        alarms: [errors]\n'))).toMatchObject({
      sites: [{ name: 'eu-west-1', account: '210987654321', region: 'eu-west-1', wave: 0, role: ROLE }],
      alarms: ['arn:aws:cloudwatch:eu-west-1:210987654321:alarm:errors'],
    });
  });

  it('are none without a word: where the pipeline is', () => {
    const settings = settingsOf(catalogue('', '        health: { url: "https://${region}.shop.example/${account}" }\n'));
    expect(settings).not.toHaveProperty('sites');
    expect(settings?.health?.url).toBe('https://eu-west-1.shop.example/123456789012');
  });

  it.each([
    ['no wave', SITES.replace(', wave: 7', ''), '', ':5 environments.prod.sites.late: "wave" is missing'],
    ['a region that is none', SITES.replace('ap-south-1', 'mars'), '', 'environments.prod.sites.late.region: must match pattern'],
    ['a name that is none', SITES.replace('late:', 'Late_:'), '', 'environments.prod.sites'],
    ['a role beside sites', `    role: ${ROLE}\n${SITES}`, '', 'environments.prod.role: counts without "sites" alone'],
    ['one place twice', SITES.replace('ap-south-1', 'eu-west-1'), '', 'sites.late: is the same account and region as "eu"'],
    [
      '${site} without sites',
      '',
      '        alarms: ["${site}-5xx"]\n',
      'services.shop: "${site}" is not known: the environment has no "sites"',
    ],
    [
      '${site} in an address without sites',
      '',
      '        health: { url: "https://${site}.example" }\n',
      'health.url: the reference "${site}" is not known',
    ],
    [
      'a name that no variable can have',
      SITES.replace('late:', 'my-late:'),
      '        health: { url: "${env:SHOP_${site}_URL}/" }\n',
      'health.url: the reference "${env:SHOP_my-late_URL}" is not known',
    ],
  ])('are refused with %s', (_, environment, service, problem) => {
    expect(problemsOf(catalogue(environment, service))).toContain(problem);
  });

  it('may have the same names as those of another account, and not of the same', () => {
    const two = (role: string) =>
      `${catalogue(SITES)}
  staging:
    registry: x
    role: ${role}
    services:
      shop: { target: { kind: ecs-rolling, cluster: shop, container: app } }
`;
    expect(problemsOf(two('arn:aws:iam::333333333333:role/staging'))).toBe('');
    const same = `${catalogue(`    role: ${ROLE}`)}
  staging:
    registry: x
    role: ${ROLE}
    services:
      shop: { target: { kind: ecs-rolling, cluster: shop, container: app } }
`;
    expect(problemsOf(same)).toContain('names the same thing as prod.shop');
  });
});
