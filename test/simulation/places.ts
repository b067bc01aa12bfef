/**
 * Services of the project's catalogue that take part: two share a lane, the first has its own. The last has no load balancer: ECS counts
 * its tasks as healthy as soon as they run.
 */
export const PLACES = [
  { environment: 'preprod', service: 'adit-service-preprod', cluster: 'adit-preprod', repository: 'preprod', balanced: true },
  { environment: 'prod', service: 'adit-service-prod', cluster: 'adit-prod', repository: 'prod', balanced: true },
  {
    environment: 'prod',
    service: 'conflicto-backend-service-prod',
    cluster: 'conflicto-prod',
    repository: 'conflicto-backend-prod',
    balanced: false,
  },
] as const;

export const placeOf = (place: number): Place => {
  const found = PLACES[place];
  if (found === undefined) throw new Error(`there is no place ${place}`);
  return found;
};

export type Place = (typeof PLACES)[number];

/** Its alarm is also one of `SHARING`. */
export const SHARED = PLACES[1];
export const SHARING = PLACES[2];
