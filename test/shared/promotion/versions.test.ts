import { describe, expect, it } from 'vitest';
import { fitsTags } from '../../../shared/catalogue/lookup.ts';
import { readCredentials } from '../../../shared/promotion/registries.ts';
import { nextPatch } from '../../../shared/promotion/versions.ts';

describe('the next patch', () => {
  // Precedence: Semantic Versioning 2.0.0, section 11; a pre-release is lower than its version, and no version to count from.
  it.each([
    [[], 'v0.0.1'],
    [['latest', 'sha-1234567'], 'v0.0.1'],
    [['v1.2.3'], 'v1.2.4'],
    [['1.2.3'], '1.2.4'],
    [['v1.9.0', 'v1.10.0', 'v1.2.9'], 'v1.10.1'],
    [['v2.0.0', 'v1.99.99'], 'v2.0.1'],
    [['v1.2.3', 'v1.2.4-rc.1', 'v1.2.4+build'], 'v1.2.4'],
    [['v01.2.3', 'v1.2'], 'v0.0.1'],
  ])('over %j is %s', (tags, next) => {
    expect(nextPatch(tags)).toBe(next);
  });
});

describe('a pattern of tags', () => {
  it.each([
    ['v*', 'v1.2.3', true],
    ['v*', 'dev', false],
    ['release-*-x', 'release-1.2-x', true],
    ['1.2.*', '1x2.3', false],
    ['*', 'anything', true],
    ['^[0-9a-f]{7,40}$', '4f9c2d1', true],
    ['^[0-9a-f]{7,40}$', '4f9c2d1-dirty', false],
  ])('%s fits %s: %s', (pattern, tag, fits) => {
    expect(fitsTags(pattern, tag)).toBe(fits);
  });
});

describe('credentials in a secret', () => {
  it.each([
    ['robot:pass:word\n', { username: 'robot', password: 'pass:word' }],
    ['{"username": "robot", "password": "p"}', { username: 'robot', password: 'p' }],
    ['{"user": "robot"}', undefined],
    ['nothing', undefined],
    [':p', undefined],
    ['[]', undefined],
  ])('%j are %j', (text, found) => {
    expect(readCredentials(text)).toEqual(found);
  });
});
