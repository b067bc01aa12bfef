import { describe, expect, it } from 'vitest';
import { COMMIT, startPipeline } from './pipeline.ts';

const SERVICES = ['adit-service-preprod', 'adit-service-prod'];

describe('a push', () => {
  it('of a commit deploys the service of its repository, once however often it is told (on-push)', async () => {
    const pipeline = await startPipeline({ services: SERVICES });
    await pipeline.retag('preprod', 'better', '1234567');
    const { type, detail } = await pipeline.verdict();
    expect([type, detail.service, detail['verified']]).toEqual(['DeploymentSucceeded', 'adit-service-preprod', true]);
    expect(await pipeline.runningDigest('adit-preprod', 'adit-service-preprod')).toBe(detail['digest']);
  });

  it('of a version promotes what is verified, and deploys it there: the same digest (S1.2)', async () => {
    const pipeline = await startPipeline({ services: SERVICES });
    await pipeline.retag('preprod', 'better', COMMIT.slice(0, 8));
    const first = await pipeline.verdict();
    await pipeline.retag('preprod', 'better', 'v1.2.3');
    const completed = await pipeline.until(({ type }) => type.startsWith('PromotionC') || type === 'PromotionFailed');
    expect(completed).toMatchObject({
      type: 'PromotionCompleted',
      detail: { tag: 'v1.2.3', digest: first.detail['digest'], toDigest: first.detail['digest'] },
    });
    const second = await pipeline.verdict();
    expect(second).toMatchObject({
      type: 'DeploymentSucceeded',
      detail: { service: 'adit-service-prod', digest: first.detail['digest'], verified: true },
    });
    expect(await pipeline.digestOf('prod', 'v1.2.3')).toBe(first.detail['digest']);
  });
});
