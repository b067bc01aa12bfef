import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { readKeys, webhookHeaders } from '../../../shared/notify/signature.ts';

/** The example of the Standard Webhooks specification ("Webhook headers", "Signature scheme"). */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const EXAMPLE = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330, body: '{"test": 2432232314}' };

const headers = (secret: string, message = EXAMPLE) => webhookHeaders(readKeys(secret) ?? [], message);

describe('the signature of a webhook', () => {
  it("is the one of the specification's example", () => {
    expect(headers(SECRET)).toMatchObject({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is verified by the reference implementation, and not when anything is changed', () => {
    const at = Math.floor(Date.now() / 1000);
    const message = { id: 'e-1', at, body: '{"type":"DeploymentFailed"}' };
    const receiver = new Webhook(SECRET);
    expect(receiver.verify(message.body, { ...headers(SECRET, message) })).toEqual({ type: 'DeploymentFailed' });
    expect(() => receiver.verify(`${message.body} `, { ...headers(SECRET, message) })).toThrow();
    expect(() => receiver.verify(message.body, { ...headers(SECRET, message), 'webhook-id': 'e-2' })).toThrow();
    expect(() => new Webhook('C2FVsBQIhrscChlQIMV+b5sSYspob7oD').verify(message.body, { ...headers(SECRET, message) })).toThrow();
  });

  it('is there once for each key while the secret is changed', () => {
    const at = Math.floor(Date.now() / 1000);
    const message = { id: 'e-1', at, body: '{}' };
    const both = { ...headers(`whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD ${SECRET}`, message) };
    for (const secret of [SECRET, 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'])
      expect(new Webhook(secret).verify(message.body, both)).toEqual({});
  });

  it.each(['', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${Buffer.alloc(65).toString('base64')}`])('is not made with %j', (secret) => {
    expect(readKeys(secret)).toBeUndefined();
  });
});
