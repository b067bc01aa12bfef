import { documentProperty, generatedName, type ResourceType, requiredText } from '../resource-type.ts';

/** Of the packager's own deployment bucket, or of any. */
export const awsS3BucketPolicy: ResourceType = {
  type: 'AWS::S3::BucketPolicy',
  properties: ['Bucket', 'PolicyDocument'],
  async create(resource, { callS3 }) {
    const bucket = requiredText(resource, 'Bucket');
    await callS3('PUT', `/${bucket}?policy`, JSON.stringify(documentProperty(resource, 'PolicyDocument')));
    return { ref: generatedName(resource), attributes: {} };
  },
};
