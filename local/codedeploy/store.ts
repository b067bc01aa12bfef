import type { Basics } from '../ports.ts';
import { overheard } from './deployments.ts';
import type { CodeDeployStore } from './model.ts';

export const createCodeDeployStore = (options: Basics & Pick<CodeDeployStore, 'events' | 'alarms' | 'ecs'>): CodeDeployStore => {
  const store: CodeDeployStore = { ...options, applications: new Map(), groups: new Map(), deployments: new Map() };
  overheard(store);
  return store;
};
