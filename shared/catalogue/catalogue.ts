import type { Settings } from '../deployment/types.ts';

/** One service of one environment, with every default filled in. */
export interface CatalogueService {
  readonly name: string;
  readonly environment: string;
  /** `environment`, or `environment/service` where the lane is the service's own. */
  readonly lane: string;
  /** Completes short image names: `preprod:abc` becomes `<registry>/preprod:abc`. */
  readonly registry: string;
  readonly settings: Settings;
}

/** `switchyard.yml`, validated, references kept as they are written. Services in the order of the file. */
export interface Catalogue {
  readonly services: readonly CatalogueService[];
}
