import { generatedName, type ResourceType, textProperty } from '../resource-type.ts';

/** The packager's own deployment bucket. Kept with the stack: functions' code is read from the packager's folder. */
export const awsS3Bucket: ResourceType = {
  type: 'AWS::S3::Bucket',
  properties: ['BucketEncryption', 'BucketName', 'PublicAccessBlockConfiguration', 'Tags', 'VersioningConfiguration'],
  create(resource, { place }) {
    const name = textProperty(resource, 'BucketName') ?? generatedName(resource).toLowerCase();
    const attributes = {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${place.region}.amazonaws.com`,
    };
    return { ref: name, attributes };
  },
};
