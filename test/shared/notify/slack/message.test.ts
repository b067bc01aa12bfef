import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockProblems } from '../../../../local/slack/blocks.ts';
import { OUTCOMES } from '../../../../shared/events/outcomes.ts';
import type { Outcome } from '../../../../shared/notify/outcome.ts';
import { messageOf, replyMessage } from '../../../../shared/notify/slack/message.ts';
import { tellStory } from '../../../../shared/notify/slack/story.ts';
import { rolledBack, told, verdict } from './events.ts';

const storyOf = (events: readonly Outcome[]) => {
  const story = events.reduce<ReturnType<typeof tellStory> | undefined>((known, event) => tellStory(known, event), undefined);
  if (story === undefined) throw new Error('nothing was told');
  return story;
};

/** Everything that would be posted of these events: the message, and each reply. */
const posted = (...events: readonly Outcome[]) => {
  const story = storyOf(events);
  return [messageOf(story, { dashboard: 'https://example.com/d' }), ...story.details.map(({ text }) => replyMessage(text))];
};

const words = (...events: readonly Outcome[]): string => JSON.stringify(posted(...events));

const reasoned = (message: string) =>
  verdict('DeploymentFailed', 9, { verdict: 'failed', reason: { code: 'deadline', message } });

describe('what is posted', () => {
  it('names image, version, commit, who asked, what ran before and runs now, and where to read on', () => {
    const [message] = posted(...rolledBack);
    const text = JSON.stringify(message);
    for (const part of [
      'prod:v1.2.3',
      'sha256:0b0b0b0b0b0b',
      '1.2.3',
      '4f9c2d1e8b7a',
      'ann',
      'sha256:aaaaaaaaaaaa',
      'api:7',
      '62 s',
      'd-1',
    ])
      expect(text).toContain(part);
    expect(text).toContain('<https://ci.example.com/run/7|run>');
    expect(text).toContain('<https://example.com/d|dashboard>');
  });

  it("has as many links as there is room for, the request's own first, each whole", () => {
    const story = storyOf(rolledBack);
    // as many, and as long, as the catalogue takes
    const long = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`l${n}`, `https://example.com/${n}/${'a'.repeat(1470)}`]),
    );
    const { blocks } = messageOf(story, { ...long, dashboard: 'https://example.com/d' });
    expect(blockProblems(blocks)).toEqual([]);
    const text = JSON.stringify(blocks);
    expect(text).toContain('<https://ci.example.com/run/7|run>');
    expect(text).toContain('|l0>');
    expect(text).not.toContain('|l2>');
    expect(text).toContain('<https://example.com/d|dashboard>');
  });

  it('has the command that stops it while it goes on, and the one that goes back when it runs', () => {
    const [queued] = rolledBack;
    if (queued === undefined) throw new Error('there are no events');
    expect(words(queued)).toContain('switchyard cancel d-1 --reason');
    expect(words(verdict('DeploymentSucceeded', 5))).toContain('switchyard rollback --environment prod --service api --reason');
    expect(words(verdict('DeploymentSucceeded', 5, { changed: false }))).not.toContain('switchyard rollback');
    expect(words(...rolledBack)).not.toMatch(/switchyard (?:cancel|rollback)/);
  });

  it('has no command where a name is none of the catalogue', () => {
    const odd = told('DeploymentQueued', 1, { service: 'api; rm -rf /', position: 1, waitUntil: '2026-03-02T12:00:00.000Z' });
    expect(words(odd)).not.toContain('switchyard cancel');
  });

  it('does without a commit, a version, an actor, a digest', () => {
    const bare = told('DeploymentQueued', 1, {
      asked: {},
      digest: undefined,
      repository: undefined,
      links: {},
      position: 1,
      waitUntil: '2026-03-02T12:00:00.000Z',
    });
    for (const { blocks } of posted(bare)) expect(blockProblems(blocks)).toEqual([]);
    expect(words(bare)).toContain('`ci`');
  });

  it.each(OUTCOMES)('of %s fits what Slack takes', (type) => {
    const ofPromotion = type.startsWith('Promotion');
    const place = { registry: 'r', repository: 'prod', reference: 'v1' };
    const more = ofPromotion
      ? { promotion: 'p-1', deployment: undefined, from: place, to: place, tag: 'v1', reason: { code: 'a', message: 'b' } }
      : {
          reason: { code: 'a', message: 'b' },
          phase: 'wave',
          message: 'm',
          revision: { id: 'a', image: 'b' },
          left: {},
          checkAttempts: 1,
        };
    const terminal =
      /^(?:Deployment(?:Cancelled|Expired|Failed|Rejected|RolledBack|Succeeded|Superseded)|Rollback(?:Failed|Rejected|Succeeded))$/;
    const event = terminal.test(type) ? verdict(type, 3, more) : told(type, 3, more);
    for (const { text, blocks } of posted(event)) {
      expect(blockProblems(blocks)).toEqual([]);
      expect(text.length).toBeLessThanOrEqual(4000);
    }
  });
});

describe('what others wrote', () => {
  it('mentions nobody, links nowhere and formats nothing', () => {
    const text = words(reasoned('<!channel> <@U123> <https://evil.example|click> *bold* ~gone~ `code` _it_ @here & more'));
    expect(text).not.toMatch(/<!|<@|<https:\/\/evil/);
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).toContain('&amp; more');
    expect(text).not.toMatch(/\*bold\*|~gone~|`code`| _it_ /);
    expect(text).not.toContain('@here');
  });

  it('is in one line, without what is not seen, and right to left stays among itself', () => {
    const text = words(reasoned('first\nsecond\u202Eevil\u202C\u0007 \u05E9\u05DC\u05D5\u05DD end'));
    expect(text).toContain('\u2068first secondevil \u05E9\u05DC\u05D5\u05DD end\u2069');
    expect(text).not.toMatch(/\\u0007|\u202E/);
  });

  it('is cut, and a secret in it is not shown', () => {
    const text = words(reasoned(`${'a'.repeat(4000)}`));
    expect(text).toContain('…');
    expect(words(reasoned('token=abcdef0123456789'))).not.toContain('abcdef0123456789');
  });

  it('leads nowhere but to the web', () => {
    const linked = (run: string) => words(told('DeploymentQueued', 1, { links: { run }, position: 1 }));
    expect(linked('javascript:alert(1)')).not.toContain('javascript');
    expect(linked('https://u:p@evil.example/')).not.toContain('evil.example');
    expect(linked('https://example.com/a|b>c')).toContain('<https://example.com/a%7Cb%3Ec|run>');
  });

  it('never breaks a limit, whatever it is', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        '&'.repeat(4096),
        '<!channel>'.repeat(400),
        '\u202E',
        '`'.repeat(4096),
        '🧨'.repeat(2048),
        '',
        ' ',
        '\ud800',
        '*_~`',
      ),
    );
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, (message, name, image, actor) => {
        const asked = { image, actor, version: name, commit: name, ref: image, reason: message };
        const smoke = [{ name, passed: false, milliseconds: 1, detail: message }];
        const stopped = { task: image, at: '', code: name, reason: message, exitCode: 1 };
        const more = { service: name, environment: image, asked, smoke, stopped, known: [name, image], notWatched: [message] };
        const event = verdict('DeploymentFailed', 9, { ...more, verdict: 'failed', reason: { code: 'deadline', message } });
        const started = told('DeploymentStarted', 2, {
          ...more,
          revision: { id: name, image, digest: message },
          before: { id: image, image: name },
        });
        for (const { text, blocks } of posted(started, event)) {
          expect(blockProblems(blocks)).toEqual([]);
          expect(text.length).toBeLessThanOrEqual(4000);
          expect(JSON.stringify(blocks)).not.toMatch(/<[!@#]/);
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
