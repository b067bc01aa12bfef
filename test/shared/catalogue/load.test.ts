import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblems, readCatalogue } from '../../../shared/catalogue/load.ts';
import { findService, servicesWithAlarm } from '../../../shared/catalogue/lookup.ts';
import { resolveCatalogue } from '../../../shared/catalogue/resolve.ts';
import { leastSeconds } from '../../../shared/targets/plans.ts';

const HERE = { account: '123456789012', region: 'eu-west-1' };

const problems = (text: string): string => {
  const read = readCatalogue(text);
  return 'problems' in read ? formatProblems('switchyard.yml', read.problems) : '';
};

const service = (name: string, lines = ''): string =>
  `      ${name}:\n        target: { kind: ecs-rolling, cluster: c, service: ${name}, container: app }\n${lines}`;

const shifting = (lines: string, strategy = 'CANARY'): string =>
  `      a:\n        target: { kind: ecs-blue-green, cluster: c, container: app, strategy: ${strategy}, pause: { stage: POST_TEST_TRAFFIC_SHIFT } }\n${lines}`;

const catalogue = (...services: readonly string[]): string =>
  `environments:\n  prod:\n    registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com\n    services:\n${services.join('')}`;

describe('a catalogue', () => {
  it('of the project is valid', () => {
    expect(problems(readFileSync(new URL('../../../switchyard.yml', import.meta.url), 'utf8'))).toBe('');
  });

  it('tells every problem at once, with file, line, path and what is allowed', () => {
    const text = `environments:
  preprod:
    registry: x
    lan: service
    services:
      a:
        target: { kind: ecs-rolling, cluster: c, contaner: a }
        bakeSecond: 10
      b:
        target: { kind: nomad, cluster: c }
        alarms: nope
`;
    expect(problems(text).split('\n')).toEqual([
      'switchyard.yml:4 environments.preprod.lan: unknown key (did you mean "lane"?); allowed: registry, role, sites, lane, maxWaiting, defaults, services, notify, promotion',
      'switchyard.yml:7 environments.preprod.services.a.target: "container" is missing',
      'switchyard.yml:7 environments.preprod.services.a.target.contaner: unknown key (did you mean "container"?); allowed: kind, cluster, service, container, base, passRoles',
      'switchyard.yml:8 environments.preprod.services.a.bakeSecond: unknown key (did you mean "bakeSeconds"?); allowed: apply, target, health, smoke, alarms, requireOk, bakeSeconds, rolloutSeconds, rollbackSeconds, rollbackWindowSeconds, waitSeconds, maxAgeSeconds, repository, deploy, tags, logGroup, notify',
      'switchyard.yml:10 environments.preprod.services.b.target: unknown kind "nomad"; allowed: codedeploy-ecs, compose-host, ecs-blue-green, ecs-rolling, lambda, terraform',
      'switchyard.yml:11 environments.preprod.services.b.alarms: must be array',
    ]);
  });

  it('whose shift takes longer by its own plan than it may is refused, where somebody knows the plan', () => {
    const of = (seconds: number) =>
      catalogue(
        `      a:\n        target: { kind: ecs-blue-green, cluster: c, container: app, strategy: LINEAR }\n        rolloutSeconds: ${seconds}\n`,
      );
    const told = (text: string) => {
      const read = readCatalogue(text, leastSeconds);
      return 'problems' in read ? formatProblems('switchyard.yml', read.problems) : '';
    };
    expect(told(of(3240))).toMatch(/services\.a\.target: waits 3240 s by its own plan, and "rolloutSeconds" is 3240/);
    expect(told(of(3241))).toBe('');
    expect(problems(of(3240))).toBe('');
  });

  it.each([
    [
      'a value out of range',
      catalogue(service('a', '        bakeSeconds: -1\n')),
      /:7 environments\.prod\.services\.a\.bakeSeconds: must be >= 0/,
    ],
    [
      'a reference of another kind',
      catalogue(service('a', '        health: { url: "https://${ssm:x}/" }\n')),
      /"\$\{ssm:x\}" is not known; allowed: \$\{env:NAME\}/,
    ],
    ['an address that is none', catalogue(service('a', '        health: { url: "ftp://x" }\n')), /is no http or https address/],
    [
      'one service twice',
      catalogue(service('a'), '      b:\n        target: { kind: ecs-rolling, cluster: c, service: a, container: x }\n'),
      /names the same thing as prod\.a/,
    ],
    [
      'an address for test traffic that nobody asks',
      catalogue(service('a', '        health: { url: "https://a/", testUrl: "https://b/" }\n')),
      /"testUrl" counts only where the target has a "pause" before production traffic/,
    ],
    [
      'a pause at which nothing is checked',
      catalogue(shifting('')),
      /nothing would be checked at POST_TEST_TRAFFIC_SHIFT; give "health.testUrl"/,
    ],
    [
      'a strategy that there is not',
      catalogue(shifting('', 'SIDEWAYS')),
      /target\.strategy: must be one of BLUE_GREEN, CANARY, LINEAR/,
    ],
    [
      'a smoke test that is two things',
      catalogue(service('a', '        smoke: { tests: [{ name: t, url: "https://a/", function: f }] }\n')),
      /"t" has to have either "url" or "function"/,
    ],
    [
      'a function with what belongs to a request',
      catalogue(service('a', '        smoke: { tests: [{ name: t, function: f, body: x }] }\n')),
      /tests\.0\.body: counts for requests alone/,
    ],
    [
      'two smoke tests of one name',
      catalogue(service('a', '        smoke: { tests: [{ name: t, function: f }, { name: t, function: g }] }\n')),
      /another test is called "t" too/,
    ],
    [
      'a path that is none',
      catalogue(service('a', '        smoke: { tests: [{ name: t, url: "https://a/", expect: { json: { "$[": 1 } } }] }\n')),
      /"\$\[" is no JSON path/,
    ],
    [
      'a smoke test of no address',
      catalogue(service('a', '        smoke: { tests: [{ name: t, url: "a" }] }\n')),
      /tests\.0\.url: is no http or https address/,
    ],
    ['a key twice', catalogue(service('a'), service('a')), /not valid YAML: Map keys must be unique/],
    ['broken YAML', 'environments: [', /:1 not valid YAML/],
    ['nothing', '', /must be object/],
    [
      'an environment without services',
      'environments:\n  prod:\n    registry: x\n    services: {}\n',
      /must NOT have fewer than 1/,
    ],
    ['a prototype key', catalogue(service('a'), '      __proto__: { target: { kind: x } }\n'), /switchyard\.yml/],
    [
      'a bomb of aliases',
      `a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(50)}]\n`,
      /cannot be read|unknown key/,
    ],
    ['a file that is too large', 'x'.repeat(300_000), /larger than/],
  ])('with %s is refused', (_, text, expected) => {
    expect(problems(text)).toMatch(expected);
  });

  it('of any text is an answer, never an error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(readCatalogue(text)).toBeTypeOf('object');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a resolved catalogue', () => {
  const read = readCatalogue(`defaults: { bakeSeconds: 5, waitSeconds: 60 }
environments:
  prod:
    registry: r
    lane: service
    defaults: { bakeSeconds: 7 }
    services:
      api: { target: { kind: ecs-rolling, cluster: c, container: app }, bakeSeconds: 9, alarms: [errors, 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:x'] }
      web: { target: { kind: ecs-rolling, cluster: c, container: app }, health: { url: 'https://web/health' } }
`);
  if ('problems' in read) throw new Error('the catalogue of this test is not valid');
  const resolved = resolveCatalogue(read.source, HERE);
  const [api, web] = resolved.services;

  it("fills in what is not said: the service's word first, then the environment's, the file's, the schema's", () => {
    expect(api?.settings).toMatchObject({
      bakeSeconds: 9,
      waitSeconds: 60,
      rolloutSeconds: 1800,
      requireOk: false,
      maxWaiting: 100,
    });
    expect(web?.settings).toMatchObject({ bakeSeconds: 7, alarms: [], health: { attempts: 15, timeoutSeconds: 20 } });
  });

  it("names lanes, ARNs of alarms, and the target's service", () => {
    expect(api?.lane).toBe('prod/api');
    expect(api?.settings.alarms).toEqual([
      'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors',
      'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:x',
    ]);
    expect(api?.settings.target['service']).toBe('api');
  });

  it('answers a typing mistake with the names that exist', () => {
    expect(findService(resolved, 'prdo', 'api')).toEqual({ unknown: 'environment', known: ['prod'] });
    expect(findService(resolved, 'prod', 'aip')).toEqual({ unknown: 'service', known: ['api', 'web'] });
    expect(findService(resolved, 'prod', 'api')).toBe(api);
  });

  it('finds services by the ARN of an alarm', () => {
    expect(servicesWithAlarm(resolved, 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors')).toEqual([api]);
    expect(servicesWithAlarm(resolved, 'arn:aws:cloudwatch:eu-west-1:999999999999:alarm:errors')).toEqual([]);
  });
});
