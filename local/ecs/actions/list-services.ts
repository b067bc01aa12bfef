import type { Action } from '../../service.ts';
import { clusterOf, invalid, onlyKnown, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { pageOf } from '../pages.ts';

/** Services that are active, ten a page unless told otherwise (API reference, ListServices). */
export const listServices: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster', 'launchType', 'schedulingStrategy', 'maxResults', 'nextToken'], 'ListServices');
  const cluster = clusterOf(store, input);
  const launchType = text(input, 'launchType');
  if (!['REPLICA', 'DAEMON', undefined].includes(text(input, 'schedulingStrategy')))
    throw invalid('Invalid scheduling strategy.');
  const arns = [...store.services.values()]
    .filter((service) => service.cluster === cluster && service.status === 'ACTIVE')
    .filter(({ body }) => launchType === undefined || (body['launchType'] ?? 'EC2') === launchType)
    .filter(({ body }) => (input['schedulingStrategy'] ?? body['schedulingStrategy']) === body['schedulingStrategy'])
    .map(({ arn }) => arn);
  const { page, token } = pageOf(arns, (arn) => arn, input, { usual: 10 });
  return { serviceArns: page, ...token };
};
