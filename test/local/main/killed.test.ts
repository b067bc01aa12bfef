import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Run, shows } from './npm-start.ts';
import { oneService } from './one-service.ts';

describe('what npm start keeps with --data', () => {
  const { begin, switchyard, ask, end } = oneService();
  let run: Run;

  beforeAll(async () => {
    run = await begin(/all 1 example services are deployed and verified/);
  }, 300_000);
  afterAll(async () => {
    expect(await end()).toBe(0);
  });

  it('lets it go on after a kill -9 with what was under way, and know what was', async () => {
    const asked = await switchyard(...ask('slow'));
    const [id = ''] = /d-[0-9a-z]{26}/.exec(asked.out) ?? [];
    await shows(run, /preprod:slow[\s\S]*DeploymentStarted/, 60);
    run.child.kill('SIGKILL');
    await run.ended;
    await begin(/the pipeline runs; 1 of 1 example services are kept from before/);
    const waited = await switchyard(...ask('slow', '--request-id', 'again', '--wait'));
    expect(waited.code).toBe(0);
    const { code, out } = await switchyard('status', '--deployment', id, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ deployment: { id, state: 'succeeded' } });
  }, 400_000);
});
