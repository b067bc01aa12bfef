import type { Action } from '../../service.ts';
import { clusterOf, onlyKnown } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const listServices: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster'], 'ListServices');
  const cluster = clusterOf(store, input);
  return {
    serviceArns: [...store.services.values()]
      .filter((service) => service.cluster === cluster && service.status === 'ACTIVE')
      .map(({ arn }) => arn),
  };
};
