import { EventEmitter, once } from 'node:events';
import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, manualClock, systemClock } from '../../../local/clock.ts';
import { createCloud } from '../../../local/cloud.ts';
import { processHost } from '../../../local/hosts/process-host.ts';
import { type VirtualHost, virtualHost } from '../../../local/hosts/virtual-host.ts';
import { virtualNetwork } from '../../../local/network/virtual-network.ts';
import type { Host as ManagedHost } from '../../../local/ports.ts';
import { randomFrom } from '../../../local/random.ts';
import { createRequestHandler } from '../../../local/request-handler.ts';
import { eventually } from '../../conformance/endpoint.ts';
import { type Behaviour, type Engine, hasEngine, startEngine } from './engine.ts';
import { type Host, openHost, SCRIPT } from './host.ts';

const IMAGES: Readonly<Record<string, Behaviour>> = {
  one: {},
  two: {},
  three: {},
  sick: { healthy: false },
  dead: { exits: 7 },
  migrating: { migration: 3 },
};

/** Words of a command; `@name` stands for an image, `#name` for its digest. */
const CASES: readonly (readonly [what: string, words: string])[] = [
  ['nothing runs yet', 'status'],
  ['what is expected is not there', '--expect #two @one'],
  ['a first image', '--expect none @one'],
  ['the same again', '@one'],
  ['what it tells then', 'status'],
  ['another one', '--expect #one deploy @two'],
  ['one that somebody else has overtaken', '--expect #one deploy @three'],
  ['what is wanted is there already', '--expect #one deploy @two'],
  ['never healthy', '@sick'],
  ['ends by itself', '@dead'],
  ['cannot migrate', '@migrating'],
  ['back, by its name', 'rollback @one'],
  ['another one again', '@three'],
  ['back to what is gone, by its digest', 'rollback #two'],
  ['back to what nobody knows', 'rollback sha256:0000000000000000000000000000000000000000000000000000000000000000'],
  ['what it tells at the end', 'status'],
];

/** A cloud with one host, and what a command to it tells. */
const managed = async (
  clock: Clock,
  host: ManagedHost,
  prefix: string,
  settle: (ended: Promise<unknown>) => Promise<unknown>,
) => {
  const ends = new EventEmitter();
  const recorded: ManagedHost = {
    ...host,
    run: async (order) => {
      const ran = await host.run(order);
      queueMicrotask(() => ends.emit('end'));
      return ran;
    },
  };
  const cloud = await createCloud({
    ...{ clock, random: randomFrom(5), network: virtualNetwork({ park: () => () => undefined }), hosts: [recorded] },
    load: () => {
      throw new Error('there are no functions here');
    },
    log: () => undefined,
  });
  const ssm = new SSMClient({
    ...{ region: 'eu-west-1', endpoint: 'http://cloud.test', maxAttempts: 1 },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: createRequestHandler(cloud.handle),
  });
  return async (words: string) => {
    const ended = once(ends, 'end');
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [host.id],
        Parameters: { commands: [`${prefix} ${words}`] },
      }),
    );
    await settle(ended);
    const asked = new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: host.id });
    // the invocation is told of a moment after the command was sent, be it over by then
    const { ResponseCode, Status, StandardOutputContent = '' } = await eventually(() => ssm.send(asked), 30_000);
    return { ResponseCode, Status, told: JSON.parse(StandardOutputContent) };
  };
};

/** What the pipeline reads. */
const told = ({ ResponseCode, Status, told: result }: Awaited<ReturnType<Awaited<ReturnType<typeof managed>>>>) => {
  const { what, code, colour, digest, previous, phase, blue, green, upstream, linked, answers, busy } = result;
  const states = [blue, green].map((container) => container && { ...container, health: undefined });
  return { ResponseCode, Status, what, code, colour, digest, previous, phase, states, upstream, linked, answers, busy };
};

describe.skipIf(!hasEngine)(
  "the model of a host and the script (needs root and Debian's docker.io, docker-compose, nginx, docker-registry, busybox-static)",
  { timeout: 600_000 },
  () => {
    let engine: Engine;
    const images: Record<string, string> = {};

    beforeAll(async () => {
      engine = await startEngine();
      for (const [name, behaviour] of Object.entries(IMAGES)) images[name] = await engine.image(name, behaviour);
    }, 120_000);
    const hosts: Host[] = [];
    afterAll(async () => {
      for (const host of hosts) await host.close();
      await engine?.stop();
    }, 60_000);

    const filled = (words: string): string =>
      words.replace(/([@#])(\w+)/g, (_, kind: string, name: string) => {
        const image = images[name] ?? '';
        return kind === '@' ? image : (image.split('@')[1] ?? '');
      });

    it('tell Systems Manager the same, case by case', async () => {
      const real = await openHost(engine);
      hosts.push(real);
      const script = await managed(
        systemClock(),
        processHost({ clock: systemClock(), name: 'real', folder: real.folder, env: engine.env }),
        `${SCRIPT} --config ${real.folder}/host.env`,
        (ended) => ended,
      );
      const clock = manualClock();
      const byImage = new Map(Object.entries(IMAGES).map(([name, behaviour]) => [images[name], behaviour]));
      const host: VirtualHost = virtualHost({
        ...{ clock, id: 'mi-00000000000000001', name: 'model' },
        image: (reference) => {
          const found = byImage.get(reference);
          return found === undefined
            ? undefined
            : { healthy: found.healthy !== false, exits: found.exits !== undefined, migration: found.migration ?? 0 };
        },
      });
      const model = await managed(clock, host, '/opt/staging/blue_green_deploy.sh', () => clock.advance(120_000));
      for (const [what, words] of CASES)
        expect(told(await model(filled(words))), `${what}: ${words}`).toEqual(told(await script(filled(words))));
    });
  },
);
