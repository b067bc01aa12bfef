import type { LocalRequest } from '../wire/http.ts';

/** What a request to S3 is about. */
export interface S3Target {
  /** `''`: none, the service itself. */
  readonly bucket: string;
  /** Decoded; `''`: the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** The region that the host's name tells. */
  readonly hostRegion: string | undefined;
}

const SIGNED_FOR_S3 = /\bCredential=[^/,\s]+\/\d{8}\/[^/,\s]+\/s3\/aws4_request/;
const PRESIGNED_FOR_S3 = /[?&]X-Amz-Credential=[^&]*(?:%2F|\/)s3(?:%2F|\/)aws4_request/i;

/** `[bucket.]s3[.dualstack][.region].<domain>`, and `s3-region` as it was spelled before 2019. */
const S3_HOST = /^(?:(.+)\.)?s3(?:\.dualstack)?(?:[.-]([a-z]{2}(?:-[a-z]+)+-\d))?\.(?:amazonaws\.com|localhost)$/;

const hostOf = ({ headers }: Pick<LocalRequest, 'headers'>): string => (headers['host'] ?? '').replace(/:\d+$/, '').toLowerCase();

/**
 * Whether a request is one to S3: it is signed for S3, in the header or in a presigned URL, or its host is S3's. Nothing else tells it
 * from the other services that share the port.
 */
export const isS3Request = (request: Pick<LocalRequest, 'headers' | 'path'>): boolean => {
  const authorization = request.headers['authorization'];
  if (authorization !== undefined) return SIGNED_FOR_S3.test(authorization);
  return PRESIGNED_FOR_S3.test(request.path) || (S3_HOST.test(hostOf(request)) && !isSignedInUrl(request.path));
};

const isSignedInUrl = (path: string): boolean => /[?&]X-Amz-Credential=/i.test(path);

/** Virtual-hosted style: `bucket.s3.eu-west-1.amazonaws.com`, `bucket.s3.localhost`, `bucket.localhost` (User Guide, "Virtual hosting"). */
const bucketInHost = (host: string): Pick<S3Target, 'bucket' | 'hostRegion'> => {
  const [whole, bucket = '', hostRegion] = S3_HOST.exec(host) ?? [];
  if (whole !== undefined) return { bucket, hostRegion };
  return { bucket: /^(.+)\.localhost$/.exec(host)?.[1] ?? '', hostRegion: undefined };
};

/** Throws a `URIError` for a path that is not percent-encoded. */
export const s3Target = (request: Pick<LocalRequest, 'headers' | 'path'>): S3Target => {
  const at = request.path.indexOf('?');
  const path = (at < 0 ? request.path : request.path.slice(0, at)).replace(/^\//, '');
  const query = new URLSearchParams(at < 0 ? '' : request.path.slice(at + 1));
  const named = bucketInHost(hostOf(request));
  if (named.bucket !== '') return { ...named, key: decodeURIComponent(path), query };
  const slash = path.indexOf('/');
  const bucket = decodeURIComponent(slash < 0 ? path : path.slice(0, slash));
  return { ...named, bucket, key: slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1)), query };
};
