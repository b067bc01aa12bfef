import type { ImageFile } from '../../local/images.ts';

/** A service made for a measurement: alone in its environment, so that none waits for another. */
export interface BenchService {
  readonly environment: string;
  readonly name: string;
  readonly cluster: string;
  /** The image that is deployed, as a request names it. */
  readonly image: string;
  /** How a container of that image behaves (`local/ecs/behaviour.ts`). */
  readonly labels: Readonly<Record<string, string>>;
}

export const IMAGE_TAG = 'measured';

/** The service number `index` (from 1), whose measured image has these labels. */
export const benchService = (index: number, labels: BenchService['labels']): BenchService => {
  const number = String(index).padStart(2, '0');
  return { environment: `e${number}`, name: `s${number}`, cluster: 'bench', image: `e${number}:${IMAGE_TAG}`, labels };
};

/** JSON is YAML. No bake: the last condition for a verdict is the end of the rollout. */
export const catalogueOf = (services: readonly BenchService[]): string =>
  JSON.stringify({
    environments: Object.fromEntries(
      services.map(({ environment, name, cluster }) => [
        environment,
        {
          registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
          services: {
            [name]: {
              target: {
                kind: 'ecs-rolling',
                cluster,
                container: 'app',
                passRoles: [
                  `arn:aws:iam::123456789012:role/${cluster}-task`,
                  `arn:aws:iam::123456789012:role/${cluster}-execution`,
                ],
              },
              health: { url: `\${env:${name.toUpperCase()}}/health` },
              alarms: [`${name}-5xx`],
              bakeSeconds: 0,
            },
          },
        },
      ]),
    ),
  });

/** A repository for each environment: what runs at first, two good images that are deployed before, and what is measured. */
export const imagesOf = (services: readonly BenchService[]): ImageFile =>
  Object.fromEntries(
    services.map(({ environment, labels }) => [
      environment,
      [{ tags: ['initial'] }, { tags: ['good'] }, { tags: ['other'] }, { tags: [IMAGE_TAG], labels }],
    ]),
  );
