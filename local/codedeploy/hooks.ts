import type { HookSettings, Stage } from '../ecs/model.ts';
import { AwsError } from '../errors.ts';
import { arnAt } from '../place.ts';
import type { CodeDeployStore } from './model.ts';

/** Where CodeDeploy asks, in that order (User Guide, "AppSpec 'hooks' section for an Amazon ECS deployment"). */
const STAGES = {
  BeforeInstall: 'PRE_SCALE_UP',
  AfterInstall: 'POST_SCALE_UP',
  AfterAllowTestTraffic: 'POST_TEST_TRAFFIC_SHIFT',
  BeforeAllowTraffic: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  AfterAllowTraffic: 'POST_PRODUCTION_TRAFFIC_SHIFT',
} as const satisfies Readonly<Record<string, Stage>>;

export interface AskedHook {
  readonly stage: Stage;
  /** Name or ARN. */
  readonly function: string;
}

const invalid = (message: string): AwsError => new AwsError('InvalidRevisionException', message);

/** The Hooks of an AppSpec: each is one event with one function. */
export const hooksIn = (hooks: readonly unknown[]): readonly AskedHook[] =>
  hooks.map((hook) => {
    const [entry, ...others] = typeof hook === 'object' && hook !== null ? Object.entries(hook) : [];
    const [event = '', name] = entry ?? [];
    if (others.length > 0 || !Object.hasOwn(STAGES, event) || typeof name !== 'string' || name === '')
      throw invalid(`A hook has to name the function of one event; there are: ${Object.keys(STAGES).join(', ')}`);
    return { stage: STAGES[event as keyof typeof STAGES], function: name };
  });

/** An hour each (the same page, sample function: "Your Lambda function must notify … within one hour"). */
const TIMEOUT_MINUTES = 60;

/** As ECS asks at them, for CodeDeploy's deployment, in the role of its group. */
export const hookSettings = (
  { place }: CodeDeployStore,
  hooks: readonly AskedHook[],
  role: string,
  codeDeploys: string,
): readonly HookSettings[] =>
  hooks.map(({ stage, function: name }) => ({
    stages: [stage],
    timeoutMinutes: TIMEOUT_MINUTES,
    timeoutAction: 'ROLLBACK',
    function: { arn: name.startsWith('arn:') ? name : arnAt(place, 'lambda', `function:${name}`), role },
    codeDeploys,
    details: undefined,
  }));
