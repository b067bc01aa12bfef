import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePipeline } from '../../local/packaging.ts';

describe('packaging', () => {
  it('refuses what exceeds a quota, and says by how much and who says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-quotas-'));
    try {
      await expect(packagePipeline(folder, { ADIT_SERVICE_PREPROD_URL: `https://${'x'.repeat(5000)}` })).rejects.toThrow(
        /RouteLambdaFunction \(AWS::Lambda::Function\): environment variables together \(bytes\) would be 6\d{3}, and AWS takes 4096 \(Lambda Developer Guide, "Lambda quotas"\)/,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
