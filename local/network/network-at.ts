import { HOME, isSame, type Place } from '../place.ts';
import type { Network } from '../ports.ts';

/** A cluster's name among those of all places: home's is its own, another's `main.us-east-1.222233334444`. */
export const clusterAt = (place: Place, cluster: string): string =>
  isSame(place, HOME) ? cluster : `${cluster}.${place.region}.${place.account}`;

/** One network for all places, in which clusters of the same name do not meet. */
export const networkAt = (place: Place, network: Network): Pick<Network, 'serve' | 'address'> => ({
  address: (cluster, service) => network.address(clusterAt(place, cluster), service),
  serve: (cluster, service, app) => network.serve(clusterAt(place, cluster), service, app),
});
