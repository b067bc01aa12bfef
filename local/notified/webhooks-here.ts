import { createHmac, timingSafeEqual } from 'node:crypto';
import { everyNotify } from '../../shared/catalogue/notify.ts';
import type { HttpAnswer, HttpApp, HttpRequest } from '../ports.ts';
import { keepSecret } from './keep-secret.ts';
import { lineOf, type Making, type ToldHere } from './told-here.ts';

/** What every webhook's secret is on this machine. */
export const SECRET = 'whsec_b2YtdGhpcy1tYWNoaW5lLW9mLXRoaXMtbWFjaGluZQ==';

const KEY = Buffer.from(SECRET.replace('whsec_', ''), 'base64');

/** Seconds that a message may be old, or from the future: those of the specification's libraries. */
const TOLERANCE = 300;

/** What a receiver refuses (Standard Webhooks specification, "Verifying webhook authenticity"); `undefined`: nothing. */
const problemOf = ({ method, headers = {}, body = '' }: HttpRequest, now: number): string | undefined => {
  if (method !== 'POST') return 'a webhook is posted';
  const [id = '', at = '', signatures = ''] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (id === '' || !/^[0-9]+$/.test(at)) return 'webhook-id or webhook-timestamp is missing';
  if (Math.abs(now / 1000 - Number(at)) > TOLERANCE) return 'webhook-timestamp is too old, or in the future';
  const right = Buffer.from(`v1,${createHmac('sha256', KEY).update(`${id}.${at}.${body}`).digest('base64')}`);
  const isRight = (signature: string): boolean => {
    const given = Buffer.from(signature);
    return given.length === right.length && timingSafeEqual(given, right);
  };
  return signatures.split(' ').some(isRight) ? undefined : 'no webhook-signature is right';
};

const answer = (status: number, message: string): HttpAnswer => ({ status, body: JSON.stringify({ message }) });

/** Receives what is posted to any of them: `/<name>`. `say` gets a line for each event. */
const receiver =
  ({ clock, say }: Pick<Making, 'clock' | 'say'>): HttpApp =>
  async (request) => {
    const problem = problemOf(request, clock.now());
    if (problem !== undefined) return answer(401, problem);
    const { type, data } = JSON.parse(request.body ?? '');
    const name = decodeURIComponent(request.path.split('/').at(-1) ?? '');
    say(`          webhook ${name}  ${lineOf(`${type} of ${data.deployment ?? data.promotion}`)}`);
    return answer(200, 'taken');
  };

/** One receiver in the place of every https address; one of this machine, where it is http, is posted to as it is. */
export const webhooksHere = async (making: Making): Promise<ToldHere> => {
  const webhooks = everyNotify(making.catalogue, 'webhooks').flat();
  if (webhooks.length === 0) return { environment: {}, prepare: async () => undefined };
  const { network } = making;
  const address = await network.address('webhooks', 'receiver');
  network.serve('webhooks', 'receiver', receiver(making));
  return {
    environment: { SWITCHYARD_WEBHOOKS_URL: address },
    async prepare(access) {
      for (const { secret } of webhooks) await keepSecret(access, secret, SECRET);
    },
  };
};
