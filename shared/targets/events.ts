import type { TargetSettings } from '../deployment/settings.ts';
import type { TargetEvents } from './module.ts';
import { targets } from './registry.ts';
import type { Where } from './target.ts';

/** What AWS tells of things that are deployed to, by detail-type; several kinds may share one. */
export const targetEvents: Readonly<Record<string, TargetEvents>> = Object.assign(
  {},
  ...Object.values(targets).map(({ events }) => events),
);

/** How events name what a service of the catalogue is deployed to. */
export const subjectsOf = (target: TargetSettings, where: Where): readonly string[] =>
  targets[target.kind]?.subjects(target, where) ?? [];
