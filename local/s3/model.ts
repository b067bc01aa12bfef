import type { Place } from '../place.ts';
import type { Segment } from './bodies.ts';
import type { ChecksumAlgorithm } from './checksums.ts';

/** A checksum that is kept with an object (User Guide, "Checking object integrity"). */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; of a COMPOSITE one followed by `-` and the number of parts. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** The headers that are kept with an object and come back with it (User Guide, "Working with object metadata"). */
export const SYSTEM_METADATA = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
] as const;

export type SystemMetadata = Readonly<Partial<Record<(typeof SYSTEM_METADATA)[number], string>>>;

/** What is said of an object beside its bytes. */
export interface Description {
  readonly system: SystemMetadata;
  /** User-defined; names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** One version of an object; without versioning it is the only one. */
export interface ObjectVersion extends Description {
  readonly kind: 'object';
  /** `null` for what was written while versioning was not enabled. */
  readonly versionId: string;
  /** Milliseconds since the epoch, of whole seconds. */
  readonly modifiedAt: number;
  readonly size: number;
  /** Without quotes: the MD5 in hex; of a multipart upload that of its parts' MD5s, with their number. */
  readonly etag: string;
  readonly segments: readonly Segment[];
  readonly checksum: Checksum;
  /** Of a multipart upload; its parts are the segments. */
  readonly partsCount?: number;
}

/** Stands for "deleted" in a bucket that keeps versions. */
export interface DeleteMarker {
  readonly kind: 'marker';
  readonly versionId: string;
  readonly modifiedAt: number;
}

export type Version = ObjectVersion | DeleteMarker;

/** A part of an upload under way. */
export interface Part {
  readonly segment: Segment;
  /** The MD5 in hex. */
  readonly etag: string;
  readonly modifiedAt: number;
  readonly checksum: Checksum | undefined;
}

export interface Upload extends Description {
  readonly id: string;
  readonly key: string;
  readonly startedAt: number;
  /** Who began it. */
  readonly initiator: string;
  readonly checksum: Pick<Checksum, 'algorithm' | 'type'> | undefined;
  /** By number. */
  readonly parts: Map<number, Part>;
}

export interface Bucket {
  readonly name: string;
  /** The account that owns it, and the region that it is in. */
  readonly place: Place;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** `undefined`: it never was enabled. */
  versioning: 'Enabled' | 'Suspended' | undefined;
  /** As it was written. */
  policy: string | undefined;
  /** By key: newest first, never empty. */
  readonly objects: Map<string, readonly Version[]>;
  /** By id. */
  readonly uploads: Map<string, Upload>;
  /** Who wants to know of each change; without versions the key is gone. */
  written: ((key: string, versions: readonly Version[] | undefined) => void) | undefined;
}

/** The bucket and what of it. */
export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

export const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;
