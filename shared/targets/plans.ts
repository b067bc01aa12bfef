import type { TargetSettings } from '../deployment/settings.ts';
import { targets } from './registry.ts';

/** Seconds that a rollout takes by its own plan, beside what tasks need to start. */
export const leastSeconds = (target: TargetSettings): number => targets[target.kind]?.leastSeconds?.(target) ?? 0;
