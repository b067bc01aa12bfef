import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packagePipeline } from '../../local/packaging.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The packaged pipeline: the template and a zip for each function. */
    packaged: string;
  }
}

/** Packages the pipeline once for all tests, outside the work tree. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-package-'));
  await packagePipeline(folder, {});
  project.provide('packaged', folder);
  return () => rm(folder, { recursive: true, force: true });
}
