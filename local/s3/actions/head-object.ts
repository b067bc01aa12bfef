import type { Action } from '../../service.ts';
import { onlyKnown } from '../input.ts';
import { READ_MEMBERS, readObject } from '../reading.ts';
import type { S3Store } from '../store.ts';

/** What GetObject would answer, without the body. */
export const headObject: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, READ_MEMBERS, 'HeadObject');
  return readObject(store, input, context).answer;
};
