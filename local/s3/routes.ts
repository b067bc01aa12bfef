import * as s3 from '@aws-sdk/client-s3';
import type { LocalRequest } from '../wire/http.ts';
import { type Binding, type RestOperation, restOperations } from '../wire/rest-model.ts';
import { type S3Target, s3Target } from './request.ts';

const OPERATIONS = restOperations(s3);

const isThere = ({ place, name }: Binding, { query }: S3Target, headers: LocalRequest['headers']): boolean =>
  place === 'query' ? query.has(name) : headers[name] !== undefined;

const levelOf = ({ bucket, key }: S3Target): RestOperation['level'] =>
  bucket === '' ? 'service' : key === '' ? 'bucket' : 'key';

const fits = (operation: RestOperation, target: S3Target, headers: LocalRequest['headers']): boolean =>
  operation.literals.every(([name, value]) => (value === '' ? target.query.has(name) : target.query.get(name) === value)) &&
  operation.required.every((binding) => isThere(binding, target, headers));

/** Of two operations that fit, the one that asks for more; else the one that the SDK names by `x-id`. */
const weight = ({ literals, required, id }: RestOperation, { query }: S3Target): number =>
  2 * (literals.length + required.length) + (id !== undefined && query.get('x-id') === id ? 1 : 0);

/** Which of S3's operations a request is, also of those that the local cloud has not. `undefined`: none. */
export const s3Operation = ({ method, headers }: LocalRequest, target: S3Target): RestOperation | undefined => {
  const level = levelOf(target);
  const fitting = OPERATIONS.filter(
    (operation) => operation.method === method && operation.level === level && fits(operation, target, headers),
  );
  const most = Math.max(...fitting.map((operation) => weight(operation, target)));
  return fitting.find((operation) => weight(operation, target) === most);
};

/** By its name; `undefined`: none, or the path cannot be read. */
export const s3Action = (request: LocalRequest): string | undefined => {
  try {
    return s3Operation(request, s3Target(request))?.action;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
};
