import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Cloud } from '../../../local/cloud.ts';
import { testCloud } from '../cloud/cloud-builder.ts';

export const REGION = 'eu-west-1';

/** The bodies of S3's answers, as the SDK reads them. */
export interface Readable {
  transformToString(): Promise<string>;
}

export const textOf = async (Body: Readable | undefined): Promise<string> => (await Body?.transformToString()) ?? '';

export const createIn = (s3: S3Client, Bucket: string, region = REGION) =>
  s3.send(
    new CreateBucketCommand({
      Bucket,
      ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    }),
  );

/** A cloud with a bucket in it. */
export const withBucket = async (Bucket = 'static-files') => {
  const cloud = await testCloud();
  const s3 = new S3Client(cloud.access());
  await createIn(s3, Bucket);
  return { cloud, s3, Bucket };
};

interface RawRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly region?: string;
}

/** A request as no SDK would send it; its signature is for S3. */
export const sendRaw = (
  { handle }: Pick<Cloud, 'handle'>,
  { path, method = 'GET', headers = {}, body = '', region = REGION }: RawRequest,
) =>
  handle({
    method,
    path,
    headers: {
      host: '127.0.0.1:4566',
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      ...headers,
    },
    body,
  });
