import { createHmac } from 'node:crypto';
import { accessDenied } from '../s3/errors.ts';

/** What AWS keeps in buckets of its own, and lends by an address that is good for a while for whoever has it. */
export const isDownloadPath = (path: string): boolean => path.startsWith(FOLDER);

const FOLDER = '/downloads/';
const KEY = 'local';

const signature = (path: string, date: string, seconds: string): string =>
  createHmac('sha256', KEY).update([path, date, seconds].join('\n')).digest('hex');

/** `20260101T000000Z` */
const basicTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');

const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

/** The address of `name`, parts divided by slashes, at the cloud that answers as `endpoint`. */
export const downloadAddress = (endpoint: string, name: readonly string[], now: number, seconds: number): string => {
  const path = FOLDER + name.map(encodeURIComponent).join('/');
  const date = basicTime(now);
  const query = { 'X-Amz-Date': date, 'X-Amz-Expires': String(seconds) };
  return `${endpoint}${path}?${new URLSearchParams({ ...query, 'X-Amz-Signature': signature(path, date, String(seconds)) })}`;
};

/** What an address names. Throws, as S3 does, for one that was changed, or is over. */
export const downloadName = (pathAndQuery: string, now: number): readonly string[] => {
  const [path = '', query] = pathAndQuery.split('?', 2);
  const given = new URLSearchParams(query);
  const date = given.get('X-Amz-Date') ?? '';
  const seconds = given.get('X-Amz-Expires') ?? '';
  if (given.get('X-Amz-Signature') !== signature(path, date, seconds)) throw accessDenied();
  if (timeOf(date) + Number(seconds) * 1000 < now) throw accessDenied('Request has expired');
  return path.slice(FOLDER.length).split('/').map(decodeURIComponent);
};
