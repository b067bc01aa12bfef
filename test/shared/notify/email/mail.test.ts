import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../../../shared/events/outcomes.ts';
import { mailOf } from '../../../../shared/notify/email/mail.ts';
import { told, verdict } from '../slack/events.ts';

/** SNS API reference, Publish, Subject. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;

describe('a mail', () => {
  it('says in its subject what happened, and in its text what people need', () => {
    const { subject, text } = mailOf(verdict('DeploymentSucceeded', 5), { dashboard: 'https://example.com/d' });
    expect(subject).toBe('api in prod: deployed and verified');
    for (const part of [
      'every check passed',
      'image: prod:v1.2.3',
      'asked by: ann',
      'dashboard: https://example.com/d',
      'took: 62 s',
    ])
      expect(text).toContain(part);
  });

  it('of what a person has cancelled does not say that it failed', () => {
    const cancelled = { reason: { code: 'cancelled', message: 'wrong version' }, verdict: 'rolled-back' };
    const { subject } = mailOf(verdict('DeploymentRolledBack', 5, cancelled), {});
    expect(subject).toBe('api in prod: cancelled, and rolled back');
  });

  it.each(OUTCOMES)('of %s has a subject that SNS takes', (type) => {
    const place = { registry: 'r', repository: 'prod', reference: 'v1' };
    const more = { promotion: 'p-1', from: place, to: place, tag: 'v1', phase: 'wave', reason: { code: 'a', message: 'b' } };
    const { promotion: _, ...ofDeployment } = more;
    expect(mailOf(told(type, 1, type.startsWith('Promotion') ? more : ofDeployment), {}).subject).toMatch(SUBJECT);
  });

  it('has such a subject whatever the names are, and no line that somebody else broke', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('', 'x\nBcc: y', '\u202E', 'Ünïcødé', 'a'.repeat(500)),
    );
    fc.assert(
      fc.property(name, name, name, (service, environment, image) => {
        const { subject, text } = mailOf(told('DeploymentStarted', 1, { service, environment, asked: { image } }), {});
        expect(subject).toMatch(SUBJECT);
        expect(text).not.toMatch(/^Bcc/m);
      }),
    );
  });
});
