import type { CodeBuildStore } from './model.ts';
import { endBuild } from './run.ts';

type Saved = Pick<CodeBuildStore, 'projects' | 'builds' | 'tokens'>;

export const saveCodeBuild = ({ projects, builds, tokens }: CodeBuildStore): Saved => ({ projects, builds, tokens });

/** A build ends with the process that it ran in. */
export const loadCodeBuild = (store: CodeBuildStore, { projects, builds, tokens }: Saved): void => {
  for (const [name, project] of projects) store.projects.set(name, project);
  for (const [key, token] of tokens) store.tokens.set(key, token);
  for (const [id, build] of builds) {
    store.builds.set(id, build);
    endBuild(store, build, 'FAULT', { code: 'INTERNAL_SERVICE_ERROR', message: 'the local cloud was stopped while it ran' });
  }
};
