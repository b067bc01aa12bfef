import { describe, expect, it } from 'vitest';
import { formatProblems, readCatalogue } from '../../../shared/catalogue/load.ts';
import { notifyOf } from '../../../shared/catalogue/notify.ts';
import { resolveCatalogue } from '../../../shared/catalogue/resolve.ts';

const HOOK = (name: string, more = '') => `{ name: ${name}, url: 'https://example.com/${name}', secret: '\${ssm:/hook}'${more} }`;

const SERVICE = (name: string, more = '') =>
  `{ target: { kind: ecs-rolling, cluster: c, service: ${name}, container: app, passRoles: [] }${more} }`;

const TEXT = `
notify: { webhooks: [${HOOK('all')}] }
environments:
  prod:
    registry: r
    notify: { webhooks: [${HOOK('prod')}] }
    services:
      api: ${SERVICE('api', `, notify: { webhooks: [${HOOK('api')}] }`)}
      web: ${SERVICE('web')}
      quiet: ${SERVICE('quiet', ', notify: { webhooks: false }')}
  dev:
    registry: r
    services:
      api: ${SERVICE('dev-api')}
`;

const problemsOf = (text: string): string => {
  const read = readCatalogue(text);
  return 'problems' in read ? formatProblems('switchyard.yml', read.problems) : '';
};

const WITH = (notify: string) => `notify: ${notify}\nenvironments: { dev: { registry: r, services: { api: ${SERVICE('a')} } } }`;

describe('who is told', () => {
  const read = readCatalogue(TEXT);
  if ('problems' in read) throw new Error(formatProblems('switchyard.yml', read.problems));
  const catalogue = resolveCatalogue(read.source, { account: '123456789012', region: 'eu-west-1' });
  const names = (environment: string, service?: string) =>
    notifyOf(catalogue, 'webhooks', { environment, ...(service === undefined ? {} : { service }) })?.map(({ name }) => name);

  it('is what the nearest word says', () => {
    expect(names('prod', 'api')).toEqual(['api']);
    expect(names('prod', 'web')).toEqual(['prod']);
    expect(names('prod', 'quiet')).toBeUndefined();
    expect(names('dev', 'api'), 'a service of the same name elsewhere has its own').toEqual(['all']);
    expect(names('prod'), 'a promotion goes to an environment').toEqual(['prod']);
    expect(names('nowhere', 'nothing'), 'a request that names what is not there').toEqual(['all']);
  });

  it('is nobody where nothing is said', () => {
    expect(notifyOf({}, 'webhooks', { environment: 'prod' })).toBeUndefined();
  });

  it('is no setting of the service: it is not kept with a deployment', () => {
    expect(catalogue.services[0]?.settings).not.toHaveProperty('notify');
  });
});

describe('what is wrong with notifications', () => {
  it.each([
    [`{ webhooks: [{ name: a, url: 'https://x', secret: whsec_abc }] }`, 'notify.webhooks.0.secret: must be ${ssm:/name} or'],
    [`{ webhooks: [${HOOK('a')}, ${HOOK('a')}] }`, 'another webhook is called "a" too'],
    [`{ webhooks: [{ name: a, url: 'http://example.com', secret: '\${ssm:/s}' }] }`, 'must be an https address'],
    [`{ webhooks: [{ name: a, url: 'https://u:p@example.com', secret: '\${ssm:/s}' }] }`, 'must be an https address'],
    [`{ webhooks: [{ name: a, url: 'ftp://example.com', secret: '\${ssm:/s}' }] }`, 'must be an https address'],
    [`{ webhooks: [{ name: a, url: 'https://\${ssm:/x}', secret: '\${ssm:/s}' }] }`, 'the reference "${ssm:/x}" is not known'],
    [`{ webhooks: [${HOOK('a', ', events: some')}] }`, 'must be one of all, verdicts, failures'],
    ['{ slack: { channel: C0DEPLOYS } }', 'needs "channel" and "token", or "webhook" alone'],
    [`{ slack: { channel: '#deploys', token: '\${ssm:/t}' } }`, 'notify.slack.channel: must match pattern'],
    ['{ slack: { channel: C0DEPLOYS, token: some-token } }', 'notify.slack.token: must be ${ssm:/name} or'],
    [`{ slack: { channel: C0DEPLOYS, webhook: '\${ssm:/t}' } }`, 'has its own channel'],
    [`{ slack: { webhook: '\${ssm:/t}', events: all } }`, "a webhook's message cannot be changed later"],
    [`{ links: { dashboard: 'javascript:alert(1)' } }`, 'notify.links.dashboard: must be an https address'],
    [`{ links: { 'a|b': 'https://x' } }`, 'is not a name'],
    ['{ github: { repository: acme/app } }', 'needs "app" or "token", and not both'],
    [`{ github: { repository: acme/app, token: ghp_abc } }`, 'notify.github.token: must be ${ssm:/name} or'],
    [`{ github: { repository: acme, token: '\${ssm:/t}' } }`, 'notify.github.repository: must match pattern'],
    [`{ github: { repository: acme/app, token: '\${ssm:/t}', report: check-run } }`, 'check runs are made by an App alone'],
    [
      `{ github: { repository: acme/app, token: '\${ssm:/t}', issues: false, labels: [x] } }`,
      'changes nothing, since "issues" is false',
    ],
    [`{ github: { repository: acme/app, token: '\${ssm:/t}', deployments: false, production: true } }`, '"deployments" is false'],
    [`{ github: { repository: acme/app, token: '\${ssm:/t}', apiUrl: 'http://example.com' } }`, 'must be an https address'],
    [`{ webhooks: true }`, 'notify.webhooks'],
    [`{ webhook: false }`, 'unknown key (did you mean "webhooks"?)'],
  ])('%s is told', (notify, said) => {
    expect(problemsOf(WITH(notify))).toContain(said);
  });

  it('is nothing where it is right', () => {
    for (const url of [
      'https://example.com/a?b=c',
      'http://127.0.0.1:8080',
      'http://localhost/',
      '${env:HOOK}',
      'https://${env:HOST}/a',
    ])
      expect(
        problemsOf(WITH(`{ webhooks: [{ name: a, url: '${url}', secret: '\${secretsmanager:s}', events: failures }] }`)),
      ).toBe('');
    expect(problemsOf(WITH('{ webhooks: false, slack: false, links: false }'))).toBe('');
    expect(problemsOf(WITH(`{ slack: { channel: C0DEPLOYS, token: '\${ssm:/t}', events: verdicts } }`))).toBe('');
    expect(problemsOf(WITH(`{ slack: { webhook: '\${secretsmanager:t}' }, links: { dashboard: 'https://x/\${env:B}' } }`))).toBe(
      '',
    );
  });

  it('is told without the secret', () => {
    expect(problemsOf(WITH(`{ webhooks: [{ name: a, url: 'https://x', secret: whsec_abc }] }`))).not.toContain('whsec_abc');
  });
});
