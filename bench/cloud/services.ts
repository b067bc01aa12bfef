import type { ImageFile } from '../../local/images.ts';

/** A service made for a measurement: alone in its environment, so that none waits for another. */
export interface BenchService {
  readonly environment: string;
  readonly name: string;
  readonly cluster: string;
  /** The image that is deployed, as a request names it. */
  readonly image: string;
  /** Whose alarm it has; absent: its own. */
  readonly alarm?: string;
  /** Beside cluster, container and roles: what it is deployed by; absent: a rolling deployment. */
  readonly target?: Readonly<Record<string, unknown>>;
  /** Whether the health check is made with test traffic too. */
  readonly hasTestTraffic?: boolean;
  /** How a container of that image behaves (`local/ecs/behaviour.ts`). */
  readonly labels: Readonly<Record<string, string>>;
}

export const IMAGE_TAG = 'measured';

/** The service number `index` (from 1), whose measured image has these labels. */
export const benchService = (index: number, labels: BenchService['labels']): BenchService => {
  const number = String(index).padStart(2, '0');
  return { environment: `e${number}`, name: `s${number}`, cluster: 'bench', image: `e${number}:${IMAGE_TAG}`, labels };
};

/** Service `index` of an environment that has others too: they share its lane, and an alarm (AWS takes 5,000 of a region). */
export const crowdedService = (environment: number, index: number): BenchService => {
  const [place, number] = [String(environment).padStart(3, '0'), String(index).padStart(2, '0')];
  return {
    environment: `c${place}`,
    name: `c${place}s${number}`,
    cluster: 'bench',
    image: `c${place}:${IMAGE_TAG}`,
    alarm: `c${place}`,
    labels: {},
  };
};

const entryOf = ({ name, cluster, alarm = name, target, hasTestTraffic = false }: BenchService) => ({
  target: {
    kind: 'ecs-rolling',
    ...target,
    cluster,
    container: 'app',
    passRoles: [`arn:aws:iam::123456789012:role/${cluster}-task`, `arn:aws:iam::123456789012:role/${cluster}-execution`],
  },
  health: {
    url: `\${env:${name.toUpperCase()}}/health`,
    ...(hasTestTraffic ? { testUrl: `\${env:${name.toUpperCase()}_TEST}/health` } : {}),
  },
  alarms: [`${alarm}-5xx`],
  bakeSeconds: 0,
});

/** JSON is YAML. No bake: the last condition for a verdict is the end of the rollout. */
export const catalogueOf = (services: readonly BenchService[]): string => {
  const environments: Record<string, { registry: string; services: Record<string, object> }> = {};
  for (const service of services) {
    environments[service.environment] ??= { registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com', services: {} };
    Object.assign(environments[service.environment]?.services ?? {}, { [service.name]: entryOf(service) });
  }
  return JSON.stringify({ environments });
};

/** A repository for each environment: what runs at first, two good images that are deployed before, and what is measured. */
export const imagesOf = (services: readonly BenchService[]): ImageFile =>
  Object.fromEntries(
    services.map(({ environment, labels }) => [
      environment,
      [{ tags: ['initial'] }, { tags: ['good'] }, { tags: ['other'] }, { tags: [IMAGE_TAG], labels }],
    ]),
  );
