import { AwsError } from '../errors.ts';
import { invalidRequest, notImplemented } from './errors.ts';
import type { ObjectVersion } from './model.ts';

/** Bytes from `from` up to `to`, which is not among them. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** Whether it was asked for, so that the answer is partial content. */
  readonly isPart: boolean;
}

const unsatisfiable = (asked: string, size: number): AwsError =>
  new AwsError('InvalidRange', 'The requested range is not satisfiable', {
    status: 416,
    details: { RangeRequested: asked, ActualObjectSize: size },
    headers: { 'content-range': `bytes */${size}` },
  });

/** What is asked for by `Range` or by the number of a part; what is no range of bytes counts as none (RFC 9110, 14.2). */
export const rangeOf = (object: ObjectVersion, range: string | undefined, part: number | undefined): Range => {
  const whole: Range = { from: 0, to: object.size, isPart: false };
  if (range !== undefined && part !== undefined)
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  if (part !== undefined) return partOf(object, part);
  if (range === undefined) return whole;
  if (/^bytes=.*,/.test(range)) throw notImplemented('several ranges of bytes in one request', { Header: 'Range' });
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === '' && last === '') return whole;
  return bytesOf(first, last, range, object.size) ?? whole;
};

const bytesOf = (first: string, last: string, asked: string, size: number): Range | undefined => {
  if (first === '') {
    if (Number(last) === 0 || size === 0) throw unsatisfiable(asked, size);
    return { from: Math.max(0, size - Number(last)), to: size, isPart: true };
  }
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) throw unsatisfiable(asked, size);
  return { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1), isPart: true };
};

/** An object that was not uploaded in parts is one part. */
const partOf = ({ size, segments, partsCount }: ObjectVersion, part: number): Range => {
  const sizes = partsCount === undefined ? [size] : segments.map((segment) => segment.size);
  const own = sizes[part - 1];
  if (own === undefined)
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      status: 416,
      details: { PartNumberRequested: part, ActualPartCount: sizes.length },
    });
  const from = sizes.slice(0, part - 1).reduce((sum, one) => sum + one, 0);
  return { from, to: from + own, isPart: size > 0 };
};
