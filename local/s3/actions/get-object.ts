import type { Action } from '../../service.ts';
import { readSegments } from '../bodies.ts';
import { onlyKnown } from '../input.ts';
import { READ_MEMBERS, readObject } from '../reading.ts';
import type { S3Store } from '../store.ts';

/** The whole of it, a range of bytes, or a part. */
export const getObject: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, READ_MEMBERS, 'GetObject');
  const { object, from, to, answer } = readObject(store, input, context);
  return { ...answer, Body: readSegments(store.bodies, object.segments, from, to) };
};
