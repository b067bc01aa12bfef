import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type InterceptedCall, refusal, serverError, throttle } from '../../../local/faults.ts';
import { seededFaults } from '../../../local/seeded-faults.ts';
import type { LocalResponse } from '../../../local/wire/http.ts';
import { testCloud } from '../cloud/cloud-builder.ts';
import { createIn, withBucket } from './bucket.ts';

/** API reference, "Error responses": SlowDown 503, InternalError 500, ConditionalRequestConflict 409. */
describe("what is made to go wrong with S3's calls", () => {
  it('is seen with its service, action, caller and path, and answered as S3 answers', async () => {
    const seen: InterceptedCall[] = [];
    const answers: ((call: InterceptedCall) => LocalResponse)[] = [
      throttle,
      serverError,
      (call) =>
        refusal(
          call,
          'ConditionalRequestConflict',
          'The conditional request cannot succeed due to a conflicting operation.',
          409,
        ),
    ];
    const { cloud, Bucket } = await withBucket();
    const s3 = new S3Client(
      cloud.access({
        intercept: async (call, next) => {
          seen.push(call);
          return answers.shift()?.(call) ?? next();
        },
      }),
    );
    const put = () => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', IfNoneMatch: '*' }));
    await expect(put()).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    await expect(put()).rejects.toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } });
    await expect(put()).rejects.toMatchObject({ name: 'ConditionalRequestConflict', $metadata: { httpStatusCode: 409 } });
    await put();
    expect(seen[0]).toMatchObject({
      service: 's3',
      action: 'PutObject',
      caller: 'local',
      region: 'eu-west-1',
      input: '/static-files/k?x-id=PutObject',
    });
  });

  it('comes from a seed, like that of the others', async () => {
    const told: string[] = [];
    const faults = seededFaults({
      seed: 7,
      wait: async () => undefined,
      tell: (line) => told.push(line),
      functionOf: () => 'deploy',
    });
    const cloud = await testCloud(undefined, undefined, {
      faults: { call: (call, next) => (call.service === 's3' ? (faults.call?.(call, next) ?? next()) : next()) },
    });
    const s3 = new S3Client({ ...cloud.access(), maxAttempts: 9 });
    await createIn(s3, 'static-files');
    for (let count = 0; count < 40; count += 1) {
      await s3.send(new PutObjectCommand({ Bucket: 'static-files', Key: 'k', Body: String(count) }));
      expect(await s3.send(new GetObjectCommand({ Bucket: 'static-files', Key: 'k' }))).toMatchObject({
        ContentLength: String(count).length,
      });
    }
    expect(told.join('\n')).toMatch(/throttled: s3:PutObject of deploy/);
    expect(told.join('\n')).toMatch(/failed after it took effect: s3:/);
  });
});
