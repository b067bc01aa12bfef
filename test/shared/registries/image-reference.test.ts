import { describe, expect, it } from 'vitest';
import { completeImageReference, parseImageReference } from '../../../shared/registries/image-reference.ts';

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const ecr = { account: '123456789012', region: 'eu-west-1' };

const problemOf = (image: string): string => {
  const parsed = parseImageReference(image);
  return 'problem' in parsed ? parsed.problem.message : '';
};

describe('an image’s name', () => {
  it('has host, path, tag and digest', () => {
    const table: readonly [string, object][] = [
      [`${REGISTRY}/app:v1`, { host: REGISTRY, path: 'app', tag: 'v1', ecr }],
      [`${REGISTRY}/team/app@${DIGEST}`, { host: REGISTRY, path: 'team/app', digest: DIGEST, ecr }],
      [`${REGISTRY}/app:v1@${DIGEST}`, { host: REGISTRY, path: 'app', tag: 'v1', digest: DIGEST, ecr }],
      ['preprod:abc', { host: '', path: 'preprod', tag: 'abc' }],
      ['team/app:abc', { host: '', path: 'team/app', tag: 'abc' }],
      ['localhost/app:1', { host: 'localhost', path: 'app', tag: '1' }],
      ['localhost:5000/app:1', { host: 'localhost:5000', path: 'app', tag: '1' }],
      ['ghcr.io/owner/repo:sha-abc', { host: 'ghcr.io', path: 'owner/repo', tag: 'sha-abc' }],
      ['a__b/c.d/e--f:_1', { host: '', path: 'a__b/c.d/e--f', tag: '_1' }],
    ];
    for (const [image, expected] of table) expect(parseImageReference(image)).toEqual(expected);
  });

  it('of ECR tells account and region, also in China and with FIPS', () => {
    const where = (host: string) => {
      const parsed = parseImageReference(`${host}/app:1`);
      return 'problem' in parsed ? parsed : parsed.ecr;
    };
    expect(where('123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn')).toEqual({ account: '123456789012', region: 'cn-north-1' });
    expect(where('123456789012.dkr.ecr-fips.us-east-1.amazonaws.com')).toEqual({ account: '123456789012', region: 'us-east-1' });
    expect(where('12345.dkr.ecr.us-east-1.amazonaws.com')).toBeUndefined();
    expect(where('123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.example')).toBeUndefined();
  });

  it('without tag and digest is refused: say which tag', () => {
    expect(problemOf('app')).toBe('cannot deploy "app": say which tag, as in app:v1.2.3');
    expect(problemOf('localhost:5000/app')).toContain('say which tag');
  });

  // the grammar of github.com/distribution/reference
  it('against the grammar is refused', () => {
    const wrong = [
      'App:1',
      'app:',
      ':1',
      '/app:1',
      'app/:1',
      'a___b:1',
      '-app:1',
      'app-:1',
      'a..b/c:1',
      `app:.1`,
      `app:${'x'.repeat(129)}`,
      'app@sha256:abc',
      `app@sha512:${'a'.repeat(128)}`,
      `app@${DIGEST}@${DIGEST}`,
      `app@${DIGEST.toUpperCase()}`,
      `${'a'.repeat(256)}:1`,
      '-host.example/app:1',
      'host_name.example/app:1',
      'a b:1',
      '',
    ];
    for (const image of wrong) expect([image, problemOf(image)]).toEqual([image, expect.stringContaining('cannot deploy')]);
  });

  it('is as long as it may be: 128 characters of tag, 255 of path', () => {
    expect(problemOf(`${'a'.repeat(255)}:${'x'.repeat(128)}`)).toBe('');
    expect(problemOf(`${'a'.repeat(256)}:1`)).toContain('longer than 255');
  });
});

describe('a short name', () => {
  it('is completed with the registry; a full one stays as it is', () => {
    expect(completeImageReference('preprod:abc', REGISTRY)).toEqual({ host: REGISTRY, path: 'preprod', tag: 'abc', ecr });
    expect(completeImageReference('preprod:abc', `${REGISTRY}/team`)).toMatchObject({ host: REGISTRY, path: 'team/preprod' });
    expect(completeImageReference('ghcr.io/owner/repo:1', REGISTRY)).toMatchObject({ host: 'ghcr.io', path: 'owner/repo' });
  });

  it('that is wrong is refused as it was written', () => {
    expect(completeImageReference('preprod', REGISTRY)).toEqual({
      problem: { code: 'image-name', message: 'cannot deploy "preprod": say which tag, as in preprod:v1.2.3' },
    });
  });
});
