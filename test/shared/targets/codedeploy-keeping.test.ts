import { describe, expect, it } from 'vitest';
import { codeDeployEcs } from '../../../shared/targets/codedeploy-ecs.ts';
import type { Job } from '../../../shared/targets/target.ts';
import { clientOf, digestOf, localService, REPOSITORY } from './local-ecs.ts';

const IMAGE = { repository: REPOSITORY, digest: digestOf('good'), platforms: [] };

const looked = async (minutes: number, job: Partial<Job>) => {
  const byCodeDeploy = {
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
      terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: minutes },
    },
  };
  const { ecs, codedeploy, clock } = await localService({ byCodeDeploy });
  const target = codeDeployEcs.create({
    client: clientOf(ecs, codedeploy),
    now: clock.now,
    fetch: globalThis.fetch,
    signal: () => new AbortController().signal,
  });
  const config = {
    kind: 'codedeploy-ecs',
    cluster: 'c',
    service: 'api',
    container: 'api',
    application: 'shop',
    deploymentGroup: 'api',
  };
  return target.current({ deployment: 'd-1', config, again: false, ...job });
};

describe('a group that keeps the old tasks', () => {
  it('longer than a rollout may take is refused, before anything is changed', async () => {
    expect(await looked(30, { image: IMAGE, allowedSeconds: 1800 })).toEqual({
      kind: 'refused',
      failure: {
        code: 'codedeploy-keeps-too-long',
        message: expect.stringContaining('keeps the old tasks for 1800 s after the shift, and the lesser of'),
        evidence: false,
      },
    });
  });

  it.each([
    ['not as long', 29, { image: IMAGE, allowedSeconds: 1800 }],
    ['long, and nobody counts', 2880, { image: IMAGE }],
    ['long, and it is gone back', 60, { allowedSeconds: 1800 }],
  ] as const)('%s is looked at', async (_, minutes, job) => {
    expect(await looked(minutes, job)).toMatchObject({ kind: 'current', current: { settled: true } });
  });
});
