import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../../shared/catalogue/resolve.ts';

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const TARGET = 'target: { kind: ecs-rolling, cluster: c, container: app }';

/** A catalogue of two environments, changed line by line. */
const catalogue = ({ dev = '', prod = '', environment = '', promotions = '' } = {}): string => `environments:
  dev:
    registry: ${ECR}
    services:
      dev-api: { ${TARGET}${dev} }
  prod:
    registry: ${ECR}
${environment}    services:
      api: { ${TARGET}${prod} }
promotions:
  up: { from: { environment: dev, repository: dev }, to: { environment: prod, repository: prod }, tags: v* }
${promotions}`;

const problems = (text: string): readonly string[] => {
  const read = readCatalogue(text);
  return 'problems' in read ? read.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`) : [];
};

describe('promotions in a catalogue', () => {
  it('are resolved with every default', () => {
    const read = readCatalogue(catalogue({ prod: ', repository: prod, deploy: on-promotion' }));
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    const { promotions, services, external } = resolveCatalogue(read.source, { account: '123456789012', region: 'eu-west-1' });
    expect(promotions).toEqual([
      {
        name: 'up',
        from: { environment: 'dev', registry: ECR, repository: 'dev' },
        to: { environment: 'prod', registry: ECR, repository: 'prod' },
        tags: 'v*',
        version: 'same',
        also: [],
        overwrite: false,
        gates: { verified: false, evidence: [], signature: false },
        waitSeconds: 900,
        copySeconds: 3600,
      },
    ]);
    expect(services.map(({ name, repository, deploy }) => [name, repository, deploy])).toEqual([
      ['dev-api', undefined, 'on-request'],
      ['api', 'prod', 'on-promotion'],
    ]);
    expect(external).toEqual([]);
  });

  it.each([
    ['a service without repository', { prod: ', deploy: on-push' }, '"on-push" needs "repository"'],
    ['tags that nothing looks at', { prod: ', repository: prod, tags: v*' }, 'counts with "deploy: on-push" alone'],
    ['two ways at once', { prod: ', repository: prod, deploy: both' }, 'must be one of on-request, on-push, on-promotion'],
    ['a pattern that is none', { dev: ', repository: dev, deploy: on-push, tags: "^["' }, 'is no regular expression'],
    ['CI and us', { environment: '    promotion: external\n' }, 'has "promotion: external": its team copies images there itself'],
    [
      'a push and a request',
      { environment: '    promotion: external\n', prod: ', repository: prod, deploy: on-push' },
      'would deploy twice',
    ],
    [
      'an environment that is not there',
      { promotions: '  x: { from: { environment: dve, repository: a1 }, to: { environment: prod, repository: b1 } }' },
      'there is no environment "dve"; there are: dev, prod',
    ],
    [
      'nowhere to come from',
      { promotions: '  x: { from: { repository: a1 }, to: { environment: prod, repository: b1 } }' },
      'says neither',
    ],
    [
      'a circle',
      {
        promotions:
          '  x: { from: { environment: prod, repository: prod }, to: { environment: dev, repository: dev }, tags: "*" }',
      },
      'comes back to',
    ],
    [
      'itself',
      {
        promotions:
          '  x: { from: { environment: dev, repository: aa }, to: { environment: dev, repository: aa }, tags: v*, version: next-patch }',
      },
      'comes back to',
    ],
    [
      'pushes that nobody tells of',
      {
        promotions: '  x: { from: { registry: ghcr.io, repository: a/b }, to: { environment: prod, repository: b1 }, tags: v* }',
      },
      'only pushes to Amazon ECR are told of',
    ],
    [
      'scans that nobody tells of',
      {
        promotions:
          '  x: { from: { registry: ghcr.io, repository: a/b }, to: { environment: prod, repository: b1 }, gates: { scan: HIGH } }',
      },
      'only Amazon ECR tells of its scans',
    ],
    [
      'verified, but where',
      {
        promotions:
          '  x: { from: { registry: ghcr.io, repository: a/b }, to: { environment: prod, repository: b1 }, gates: { verified: true } }',
      },
      'needs "from.environment"',
    ],
    [
      'a password in the open',
      {
        promotions:
          '  x: { from: { registry: ghcr.io, repository: a/b, credentials: "me:secret" }, to: { environment: prod, repository: b1 } }',
      },
      'must match pattern',
    ],
    [
      'a key that is not known',
      { promotions: '  x: { from: { environment: dev, repository: a1 }, to: { environment: prod, repository: b1 }, gate: {} }' },
      'unknown key (did you mean "gates"?)',
    ],
  ])('with %s are refused', (_, changes, message) => {
    expect(problems(catalogue())).toEqual([]);
    expect(problems(catalogue(changes)).join('\n')).toContain(message);
  });
});
