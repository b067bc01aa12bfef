import { type Input, invalid } from './lookup.ts';

type Members = Readonly<Record<string, unknown>>;

const STRATEGIES = ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'];
const CONFIGURATION = [
  'strategy',
  'minimumHealthyPercent',
  'maximumPercent',
  'deploymentCircuitBreaker',
  'alarms',
  'bakeTimeInMinutes',
  'lifecycleHooks',
  'canaryConfiguration',
  'linearConfiguration',
  'earlySuccessCriteria',
];

/** Members that belong to other strategies than ROLLING (API reference, DeploymentConfiguration). */
const OF_STRATEGY: Readonly<Record<string, readonly string[]>> = {
  bakeTimeInMinutes: ['BLUE_GREEN', 'LINEAR', 'CANARY'],
  lifecycleHooks: ['BLUE_GREEN', 'LINEAR', 'CANARY'],
  canaryConfiguration: ['CANARY'],
  linearConfiguration: ['LINEAR'],
  earlySuccessCriteria: ['ROLLING'],
};

const isEmpty = (value: unknown): boolean => (Array.isArray(value) ? value.length === 0 : value === undefined || value === 0);

/** Only what the local ECS does; everything else is refused by name. `before`: what the service has. */
export const checkConfiguration = (input: Input, before: Members = {}): void => {
  const controller = (input['deploymentController'] as { type?: string } | undefined)?.type ?? 'ECS';
  if (controller !== 'ECS' && controller !== 'CODE_DEPLOY')
    throw invalid(`the local cloud does not know the deployment controller ${controller}, only ECS and CODE_DEPLOY.`);
  const scheduling = input['schedulingStrategy'] ?? 'REPLICA';
  if (scheduling !== 'REPLICA')
    throw invalid(`the local cloud does not know the scheduling strategy ${String(scheduling)}, only REPLICA.`);
  const given = (input['deploymentConfiguration'] ?? {}) as Members;
  const strategy = String(
    given['strategy'] ?? (before['deploymentConfiguration'] as Members | undefined)?.['strategy'] ?? 'ROLLING',
  );
  if (!STRATEGIES.includes(strategy)) throw invalid(`the deployment strategy ${strategy} is none of ${STRATEGIES.join(', ')}.`);
  for (const [member, value] of Object.entries(given)) {
    if (!CONFIGURATION.includes(member))
      throw invalid(`the local cloud does not know the parameter "${member}" of deploymentConfiguration.`);
    const strategies = OF_STRATEGY[member];
    if (strategies !== undefined && !strategies.includes(strategy) && !isEmpty(value))
      throw invalid(`${member} is not supported with the deployment strategy ${strategy}.`);
  }
  checkBreaker((given['deploymentCircuitBreaker'] ?? {}) as Members);
  checkEarlySuccess((given['earlySuccessCriteria'] ?? {}) as Members, given);
  checkShift(given);
  if (strategy !== 'ROLLING') checkBalancers({ ...before, ...input }, strategy);
  if (given['minimumHealthyPercent'] === 100 && given['maximumPercent'] === 100)
    throw invalid('Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.');
  checkCount(input['desiredCount']);
};

const checkCount = (count: unknown): void => {
  if (count !== undefined && (typeof count !== 'number' || !Number.isInteger(count) || count < 0))
    throw invalid('desiredCount cannot be negative.');
};

const BREAKER = ['enable', 'rollback', 'resetOnHealthyTask', 'thresholdConfiguration'];
const THRESHOLDS = ['COUNT', 'BOUNDED_PERCENT', 'UNBOUNDED_PERCENT'];

const checkBreaker = (breaker: Members): void => {
  const other = Object.keys(breaker).find((member) => !BREAKER.includes(member));
  if (other !== undefined) throw invalid(`the local cloud does not know the parameter "${other}" of deploymentCircuitBreaker.`);
  const { type, value } = (breaker['thresholdConfiguration'] ?? { type: 'COUNT', value: 1 }) as Members;
  if (!THRESHOLDS.includes(String(type)))
    throw invalid(`${String(type)} is no threshold type; there are: ${THRESHOLDS.join(', ')}.`);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
    throw invalid('the value of a threshold must be an integer of 1 or more.');
};

/** "You must also specify healthyPercent and sourceServiceRevisionCleanup" (API reference, DeploymentEarlySuccessCriteria). */
const checkEarlySuccess = ({ enable, healthyPercent, sourceServiceRevisionCleanup }: Members, given: Members): void => {
  if (enable !== true) return;
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined)
    throw invalid('healthyPercent and sourceServiceRevisionCleanup must be specified with earlySuccessCriteria.');
  within(healthyPercent, 'healthyPercent', Number(given['minimumHealthyPercent'] ?? 0), 100);
};

const within = (value: unknown, name: string, least: number, most: number): void => {
  if (value !== undefined && (typeof value !== 'number' || value < least || value > most))
    throw invalid(`${name} must be from ${least} to ${most}.`);
};

const MOST_MINUTES = 1440;
/** Of hooks of each kind. */
const MOST_HOOKS = 10;

const checkShift = (given: Members): void => {
  const { canaryPercent, canaryBakeTimeInMinutes } = (given['canaryConfiguration'] ?? {}) as Members;
  const { stepPercent, stepBakeTimeInMinutes } = (given['linearConfiguration'] ?? {}) as Members;
  within(given['bakeTimeInMinutes'], 'bakeTimeInMinutes', 0, MOST_MINUTES);
  within(canaryPercent, 'canaryPercent', 0.1, 100);
  within(canaryBakeTimeInMinutes, 'canaryBakeTimeInMinutes', 0, MOST_MINUTES);
  within(stepPercent, 'stepPercent', 3, 100);
  within(stepBakeTimeInMinutes, 'stepBakeTimeInMinutes', 0, MOST_MINUTES);
  const hooks = (given['lifecycleHooks'] ?? []) as readonly Members[];
  if (hooks.length > MOST_HOOKS) throw invalid(`lifecycleHooks can have at most ${MOST_HOOKS} hooks of the type PAUSE.`);
  for (const hook of hooks) checkHook(hook);
};

/** PAUSE cannot be at TEST_TRAFFIC_SHIFT or PRODUCTION_TRAFFIC_SHIFT (API reference, DeploymentLifecycleHook). */
const PAUSES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];

const LONGEST_PAUSE = 20_160;

const checkHookTarget = (given: Members, isPause: boolean): void => {
  const known = isPause ? [] : ['hookTargetArn', 'roleArn', 'hookDetails'];
  const other = Object.keys(given).find((member) => given[member] !== undefined && !known.includes(member));
  if (other !== undefined) throw invalid(`${other} is not applicable to ${isPause ? 'PAUSE' : 'AWS_LAMBDA'} lifecycle hooks.`);
  const missing = isPause ? undefined : ['hookTargetArn', 'roleArn'].find((member) => given[member] === undefined);
  if (missing !== undefined) throw invalid(`${missing} is required for AWS_LAMBDA lifecycle hooks.`);
};

/** Not at SCALE_UP, BAKE_TIME or CLEAN_UP. */
const ASKED = [...PAUSES, 'TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];

const checkHook = ({ targetType = 'AWS_LAMBDA', lifecycleStages = [], timeoutConfiguration, ...others }: Members): void => {
  const isPause = targetType === 'PAUSE';
  if (!isPause && targetType !== 'AWS_LAMBDA') throw invalid(`${String(targetType)} is no target type of a lifecycle hook.`);
  checkHookTarget(others, isPause);
  const stages = lifecycleStages as readonly string[];
  if (stages.length === 0) throw invalid('lifecycleStages must have at least one stage.');
  const wrong = stages.find((stage) => !(isPause ? PAUSES : ASKED).includes(stage));
  if (wrong !== undefined) throw invalid(`${String(targetType)} lifecycle hooks cannot be configured at the stage ${wrong}.`);
  const { timeoutInMinutes, action = 'ROLLBACK' } = (timeoutConfiguration ?? {}) as Members;
  within(timeoutInMinutes, 'timeoutInMinutes', 1, LONGEST_PAUSE);
  if (action !== 'ROLLBACK' && action !== 'CONTINUE') throw invalid(`${String(action)} is not a timeout action.`);
};

/** Both target groups, and the rule whose weights are changed (API reference, AdvancedConfiguration). */
const NEEDED = ['alternateTargetGroupArn', 'productionListenerRule', 'roleArn'];

const checkBalancers = ({ loadBalancers = [] }: Members, strategy: string): void => {
  for (const { advancedConfiguration = {} } of loadBalancers as readonly Members[]) {
    const missing = NEEDED.find((member) => (advancedConfiguration as Members)[member] === undefined);
    if (missing !== undefined)
      throw invalid(`advancedConfiguration.${missing} is required for load balancers with the deployment strategy ${strategy}.`);
  }
};
