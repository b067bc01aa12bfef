import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePipeline } from '../../local/packaging.ts';

const BROKEN = `environments:
  prod:
    registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
    colour: blue
    services:
      api:
        target:
          kind: ecs-canary
          cluster: prod
`;

describe('packaging', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-catalogue-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('ends with every problem of the catalogue, and makes nothing', async () => {
    const catalogue = join(folder, 'broken.yml');
    await writeFile(catalogue, BROKEN);
    const packaged = packagePipeline(join(folder, 'package'), { SWITCHYARD_CATALOGUE: catalogue });
    const said = await packaged.then(String, ({ message }: Error) => message);
    expect(said).toContain('broken.yml:4 environments.prod.colour');
    expect(said).toContain('broken.yml:7 environments.prod.services.api.target');
    expect(said).not.toContain('    at ');
    expect(await readdir(folder)).toEqual(['broken.yml']);
  });
});
