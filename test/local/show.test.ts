import { describe, expect, it } from 'vitest';
import { eventLine } from '../../local/show.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('a line for an event of a promotion', () => {
  const detail = {
    at: '2026-03-01T12:00:05.000Z',
    environment: 'prod',
    rule: 'up',
    from: { repository: 'preprod', reference: 'v1' },
    to: { repository: 'prod' },
    tag: 'v1.2.3',
    digest: DIGEST,
    asked: { image: 'preprod:v1' },
  };

  it.each([
    ['PromotionCompleted', {}, '12:00:05  prod  up  PromotionCompleted  preprod:v1 to prod:v1.2.3 sha256:aaaaaaaaaaaa'],
    [
      'PromotionFailed',
      { reason: { code: 'tag-taken', message: 'it is taken' } },
      '12:00:05  prod  up  PromotionFailed  preprod:v1: it is taken',
    ],
  ])('%s says what goes where, or why not', (type, more, line) => {
    expect(eventLine({ 'detail-type': type, detail: { ...detail, ...more } }, false)).toBe(line);
  });
});
