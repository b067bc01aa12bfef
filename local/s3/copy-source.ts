import { AwsError } from '../errors.ts';

/** What is copied. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  /** `undefined`: the current one. */
  readonly versionId: string | undefined;
}

const invalid = (): AwsError =>
  new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey', {
    details: { ArgumentName: 'x-amz-copy-source' },
  });

/** `[/]bucket/key[?versionId=…]`, URL-encoded (API reference, CopyObject: x-amz-copy-source). */
export const readCopySource = (text: string): CopySource => {
  const [path = '', query = ''] = text.split('?', 2);
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? [];
  if (bucket === undefined || key === undefined) throw invalid();
  return { bucket, key, versionId: new URLSearchParams(query).get('versionId') ?? undefined };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid();
  }
};
