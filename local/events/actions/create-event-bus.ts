import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { invalid, onlyKnown, tooLong } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { newBus } from '../store.ts';

const MOST = 100;
const LONGEST_DESCRIPTION = 512;

export const createEventBus: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Name', 'Description', 'Tags'], 'CreateEventBus');
  const name = String(input['Name'] ?? '');
  if (!/^[/.\-_A-Za-z0-9]{1,256}$/.test(name) || name.startsWith('aws.'))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [/\\.\\-_A-Za-z0-9]+`,
    );
  if (store.buses.has(name)) throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
  if (store.buses.size > MOST)
    throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
  const description = input['Description'] === undefined ? undefined : String(input['Description']);
  if ((description?.length ?? 0) > LONGEST_DESCRIPTION) throw tooLong('description', description, LONGEST_DESCRIPTION);
  const bus = newBus(store.place, name, store.clock.now(), description);
  store.buses.set(name, bus);
  return { EventBusArn: bus.arn, ...(description === undefined ? {} : { Description: description }) };
};
