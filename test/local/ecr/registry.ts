import { manualClock } from '../../../local/clock.ts';
import { createEcrStore } from '../../../local/ecr/store.ts';
import { type ImageFile, pushImages } from '../../../local/images.ts';
import { HOME } from '../../../local/place.ts';
import type { ServiceEvent } from '../../../local/ports.ts';
import { randomFrom } from '../../../local/random.ts';
import { handleRegistry } from '../../../local/registry/handle.ts';
import { emptyRepository } from '../../../local/registry/store.ts';
import { loadActions } from '../../../local/service.ts';

const context = {
  caller: { account: '123456789012', region: 'eu-west-1', accessKeyId: 'k', arn: 'a' },
  requestId: 'r',
  endpoint: 'http://x',
};

/** The local ECR by itself, with the images of a file pushed to it. `call` calls an action; `told`: the events since then. */
export const ecrWith = async (file: ImageFile) => {
  const told: ServiceEvent[] = [];
  const clock = manualClock();
  const store = createEcrStore({
    clock,
    place: HOME,
    random: randomFrom(1),
    events: { publish: (event) => void told.push(event) },
  });
  for (const name of Object.keys(file)) store.registry.repositories.set(name, emptyRepository(name, clock.now()));
  await pushImages(file, async (push) => {
    const { status, body } = handleRegistry(store.registry, push);
    return { status, body: body?.toString('utf8') ?? '' };
  });
  told.length = 0;
  const actions = await loadActions<typeof store>(new URL('../../../local/ecr/actions/', import.meta.url));
  // biome-ignore lint/suspicious/noExplicitAny: an answer of AWS is read member by member
  const answer = (name: string, input: object): any => actions[name]?.(store, { ...input }, context);
  const call = async (name: string, input: object) => answer(name, input);
  return { store, clock, answer, call, told };
};
