import { documentProperty, generatedName, type ResourceType, requiredText } from '../resource-type.ts';

/** Of the packager's own deployment bucket. Kept with the stack. */
export const awsS3BucketPolicy: ResourceType = {
  type: 'AWS::S3::BucketPolicy',
  properties: ['Bucket', 'PolicyDocument'],
  create(resource) {
    requiredText(resource, 'Bucket');
    documentProperty(resource, 'PolicyDocument');
    return { ref: generatedName(resource), attributes: {} };
  },
};
