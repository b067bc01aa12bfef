import type { Place } from '../../place.ts';
import {
  booleanProperty,
  generatedName,
  listProperty,
  type NewResource,
  placeOf,
  type ResourceType,
  structureProperty,
  textProperty,
} from '../resource-type.ts';
import { StackError } from '../stack-error.ts';
import { isRecord } from '../template.ts';

/** What every bucket has since 2023, and what can be said of it (template reference, AWS::S3::Bucket PublicAccessBlockConfiguration). */
const BLOCKED = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

/** Letters of a generated name's parts: a bucket's has 63 at most. */
const PART = 24;

/** The packager's own deployment bucket, and whatever else a template says. Tags are kept with the stack. */
export const awsS3Bucket: ResourceType = {
  type: 'AWS::S3::Bucket',
  properties: ['BucketEncryption', 'BucketName', 'PublicAccessBlockConfiguration', 'Tags', 'VersioningConfiguration'],
  async create(resource, { callS3, place }) {
    checkEncryption(resource);
    checkBlocked(resource);
    const status = textProperty({ ...resource, properties: versioningOf(resource) }, 'Status');
    const name = textProperty(resource, 'BucketName') ?? nameFor(resource);
    await callS3('PUT', `/${name}`, locationIn(place));
    if (status !== undefined)
      await callS3('PUT', `/${name}?versioning`, `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`);
    const attributes = {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${place.region}.amazonaws.com`,
    };
    return { ref: name, attributes };
  },
};

const versioningOf = (resource: NewResource) => structureProperty(resource, 'VersioningConfiguration', ['Status']);

/** CloudFormation shortens the parts of a physical name that would be too long (User Guide, "Name type"). */
const nameFor = (resource: NewResource): string => {
  const [hash = ''] = generatedName(resource).split('-').reverse();
  return [resource.stackName.slice(0, PART), resource.logicalId.slice(0, PART), hash].join('-').toLowerCase();
};

const locationIn = ({ region }: Place): string =>
  region === 'us-east-1'
    ? ''
    : `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;

/** Everything is encrypted with S3's own keys, and with no others. */
const checkEncryption = (resource: NewResource): void => {
  const encryption = structureProperty(resource, 'BucketEncryption', ['ServerSideEncryptionConfiguration']);
  const rules = listProperty({ ...resource, properties: encryption }, 'ServerSideEncryptionConfiguration');
  for (const rule of rules) {
    const usual = isRecord(rule) ? rule['ServerSideEncryptionByDefault'] : undefined;
    const algorithm = isRecord(usual) ? usual['SSEAlgorithm'] : undefined;
    if (algorithm !== 'AES256')
      throw new StackError(`${placeOf(resource, 'BucketEncryption')}: the local cloud encrypts with AES256 alone`);
  }
};

const checkBlocked = (resource: NewResource): void => {
  const properties = structureProperty(resource, 'PublicAccessBlockConfiguration', BLOCKED);
  const open = BLOCKED.find((name) => booleanProperty({ ...resource, properties }, name) === false);
  if (open !== undefined)
    throw new StackError(`${placeOf(resource, `PublicAccessBlockConfiguration.${open}`)}: the local cloud has no public buckets`);
};
