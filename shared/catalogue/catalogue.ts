import type { Settings } from '../deployment/settings.ts';
import type { SourceNotify } from './generated/types.ts';

/** One service of one environment, with every default filled in. */
export interface CatalogueService {
  readonly name: string;
  readonly environment: string;
  /** `environment`, or `environment/service` where the lane is the service's own. */
  readonly lane: string;
  /** Completes short image names: `preprod:abc` becomes `<registry>/preprod:abc`. */
  readonly registry: string;
  /** Where its images are, in that registry; without one, only requests deploy it. */
  readonly repository?: string;
  /** What deploys it beside a request. */
  readonly deploy: 'on-request' | 'on-push' | 'on-promotion';
  /** With `on-push`: the tags that count; absent: all. */
  readonly tags?: string;
  /** Where its tasks' lines are, for the dashboard's link. */
  readonly logGroup?: string;
  readonly settings: Settings;
}

/** A repository of a registry, and how it is reached. */
export interface RegistryPlace {
  /** Its host; `http://` before it for one without TLS. */
  readonly registry: string;
  readonly repository: string;
  /** `${ssm:…}` or `${secretsmanager:…}`; Amazon ECR needs none. */
  readonly credentials?: string;
  /** Taken on to reach an ECR of another account. */
  readonly role?: string;
}

export type Severity = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** What has to hold before an image is promoted, beside that its tag is free. */
export interface Gates {
  readonly verified: boolean;
  readonly evidence: readonly string[];
  readonly scan?: Severity;
  readonly signature: boolean;
}

/** How images get from one repository to another, with every default filled in. */
export interface PromotionRule {
  readonly name: string;
  readonly from: RegistryPlace & { readonly environment?: string };
  readonly to: RegistryPlace & { readonly environment: string };
  /** A push of such a tag promotes by itself; absent: requests alone do. */
  readonly tags?: string;
  readonly version: 'same' | 'next-patch';
  readonly also: readonly string[];
  readonly overwrite: boolean;
  readonly gates: Gates;
  readonly waitSeconds: number;
  readonly copySeconds: number;
}

/** Who is told, as the catalogue says it in one place: of a service, of an environment, or of all of them. */
export interface NotifyWord {
  readonly environment?: string;
  readonly service?: string;
  readonly notify: Readonly<SourceNotify>;
}

/** `switchyard.yml`, validated, references kept as they are written. Services and promotions in the order of the file. */
export interface Catalogue {
  readonly services: readonly CatalogueService[];
  readonly promotions: readonly PromotionRule[];
  /** Environments whose images are copied there by the team itself. */
  readonly external: readonly string[];
  /** Outcomes are published as CDEvents too, from this URI reference; absent: they are not. */
  readonly cdevents?: { readonly source: string };
  /** From the widest to the nearest; absent: nobody is told. */
  readonly notify?: readonly NotifyWord[];
}
