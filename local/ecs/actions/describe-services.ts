import type { Action } from '../../service.ts';
import { serviceAnswer } from '../answers.ts';
import { ecsArn } from '../identifiers.ts';
import { clusterOf, findService, invalid, onlyKnown, texts } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

/** At most ten services (API reference, DescribeServices). */
const MOST = 10;

export const describeServices: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster', 'services', 'include'], 'DescribeServices');
  const cluster = clusterOf(store, input);
  const names = texts(input, 'services');
  if (names.length === 0) throw invalid('Services cannot be empty.');
  if (names.length > MOST) throw invalid(`Services cannot have more than ${MOST} entries.`);
  const found = names.map((name) => ({ name, service: findService(store, cluster, name) }));
  const withTags = texts(input, 'include').includes('TAGS');
  return {
    services: found.flatMap(({ service }) => (service === undefined ? [] : [serviceAnswer(store, service, withTags)])),
    failures: found
      .filter(({ service }) => service === undefined)
      .map(({ name }) => ({
        arn: name.startsWith('arn:') ? name : ecsArn(store, `service/${cluster.name}/${name}`),
        reason: 'MISSING',
      })),
  };
};
