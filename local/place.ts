/** Where things of AWS are: an account, and a region of it. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Where the pipeline is, and whoever does not say where else. */
export const HOME: Place = { account: '123456789012', region: 'eu-west-1' };

export const isSame = (one: Place, other: Place): boolean => one.account === other.account && one.region === other.region;

/** `arn:aws:sqs:eu-west-1:123456789012:requests` */
export const arnAt = ({ account, region }: Place, service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** The place that an ARN names; what it leaves open (IAM's have no region, some no account either) is as in `otherwise`. */
export const placeIn = (arn: string, otherwise: Place): Place => {
  const [, , , region, account] = arn.startsWith('arn:') ? arn.split(':', 5) : [];
  return { account: account || otherwise.account, region: region || otherwise.region };
};

/** `eu-west-1`: of the partition aws alone, as ARNs here are (AWS General Reference, "AWS service endpoints"; the SDK's partitions). */
const REGION = /^(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:central|north|south|(?:north|south)?(?:east|west))-[1-9]$/;

export const isRegion = (text: string): boolean => REGION.test(text);

/** Twelve digits (Account Management Reference Guide, "AWS account identifiers"). */
export const isAccount = (text: string): boolean => /^\d{12}$/.test(text);
