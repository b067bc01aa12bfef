import type { CodeBuildStore } from './model.ts';

export const createCodeBuildStore = (
  options: Omit<CodeBuildStore, 'projects' | 'builds' | 'tokens' | 'machines'>,
): CodeBuildStore => ({
  ...options,
  projects: new Map(),
  builds: new Map(),
  tokens: new Map(),
  machines: new Map(),
});

/** Ends what runs in this process. */
export const stopCodeBuild = async ({ machines }: CodeBuildStore): Promise<void> => {
  await Promise.all([...machines.values()].map((machine) => machine.close()));
  machines.clear();
};
