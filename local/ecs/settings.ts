import { type Input, invalid } from './lookup.ts';

const CONFIGURATION = [
  'strategy',
  'minimumHealthyPercent',
  'maximumPercent',
  'deploymentCircuitBreaker',
  'alarms',
  'bakeTimeInMinutes',
  'lifecycleHooks',
];

/** The local ECS rolls; everything else is refused by name. */
export const checkConfiguration = (input: Input): void => {
  const controller = (input['deploymentController'] as { type?: string } | undefined)?.type ?? 'ECS';
  if (controller !== 'ECS') throw invalid(`the local cloud does not know the deployment controller ${controller}, only ECS.`);
  const scheduling = input['schedulingStrategy'] ?? 'REPLICA';
  if (scheduling !== 'REPLICA')
    throw invalid(`the local cloud does not know the scheduling strategy ${String(scheduling)}, only REPLICA.`);
  const configuration = (input['deploymentConfiguration'] ?? {}) as Readonly<Record<string, unknown>>;
  const strategy = configuration['strategy'] ?? 'ROLLING';
  if (strategy !== 'ROLLING')
    throw invalid(`the local cloud does not know the deployment strategy ${String(strategy)}, only ROLLING.`);
  for (const [member, value] of Object.entries(configuration)) {
    const empty = Array.isArray(value) ? value.length === 0 : value === undefined || value === 0;
    const known = CONFIGURATION.slice(0, 5).includes(member) || (CONFIGURATION.includes(member) && empty);
    if (!known) throw invalid(`the local cloud does not know the parameter "${member}" of deploymentConfiguration.`);
  }
  for (const [member] of Object.entries((configuration['deploymentCircuitBreaker'] ?? {}) as object)) {
    if (member !== 'enable' && member !== 'rollback')
      throw invalid(`the local cloud does not know the parameter "${member}" of deploymentCircuitBreaker.`);
  }
  if (configuration['minimumHealthyPercent'] === 100 && configuration['maximumPercent'] === 100)
    throw invalid('Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.');
  checkCount(input['desiredCount']);
};

const checkCount = (count: unknown): void => {
  if (count !== undefined && (typeof count !== 'number' || !Number.isInteger(count) || count < 0))
    throw invalid('desiredCount cannot be negative.');
};
