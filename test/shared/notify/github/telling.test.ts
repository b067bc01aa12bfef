import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../local/random.ts';
import { seenOn } from '../../../local/github/seen.ts';
import { APP, INSTALLATION, OTHER_SHA, SHA } from '../../../local/github/stand-in.ts';
import { type GitHubDesk, startDesk } from './desk.ts';
import { digestOf, endsAs, fails, goesBack, isCancelled, isRolledBack, succeeds } from './events.ts';

const BY_APP = { app: { id: APP, installation: INSTALLATION, key: '${ssm:/github}' } } as const;

const first = { deployment: 'd-1', asked: 0, with: { commit: SHA, version: 'v1', pullRequest: '7' }, digest: digestOf('one') };
const second = {
  deployment: 'd-2',
  asked: 100,
  with: { commit: OTHER_SHA, version: 'v2', pullRequest: '#7' },
  digest: digestOf('two'),
};
const third = {
  deployment: 'd-3',
  asked: 200,
  with: { commit: SHA, version: 'v3', pullRequest: '7' },
  digest: digestOf('three'),
};

/** Everything that people see there, without numbers and times that depend on when it was told. */
const everything = async (desk: GitHubDesk) => {
  const seen = seenOn(desk);
  const deployments = await seen.deployments();
  const issues = await seen.issues();
  const inOrder = (a: string, b: string) => (a < b ? -1 : 1);
  return {
    deployments: deployments
      .map(({ sha, environment, task, payload, statuses }) => ({
        sha,
        environment,
        task,
        payload,
        last: statuses.at(-1)?.state,
        about: statuses.findLast(({ state }) => state !== 'inactive')?.description,
      }))
      .sort((a, b) => inOrder(JSON.stringify(a), JSON.stringify(b))),
    statuses: await Promise.all(
      [SHA, OTHER_SHA].map(async (sha) => {
        const newest = new Map(
          (await seen.statuses(sha)).map(({ context, state, description }) => [context, { state, description }]),
        );
        return [...newest];
      }),
    ),
    checks: (await Promise.all([SHA, OTHER_SHA].map((sha) => seen.checks(sha))))
      .flat()
      .map(({ external_id: id, conclusion, output: { title, summary } }) => ({ id, conclusion, title, summary }))
      .sort((a, b) => inOrder(String(a.id), String(b.id))),
    issues: await Promise.all(
      issues.map(async ({ number, title, body, state, labels }) => ({
        title,
        body,
        state,
        labels,
        comments: [...(await seen.comments(number))].sort(inOrder),
      })),
    ),
    comments: await seen.comments(7),
  };
};

/** The last word alone: what was before it is not needed. */
const ended = (events: readonly string[]): readonly string[] => events.slice(-1);

const delivered = async (events: readonly string[], notify: object = { token: '${ssm:/github}' }) => {
  const desk = await startDesk({ notify });
  for (const event of events) await desk.deliver([event]);
  return { desk, seen: await everything(desk) };
};

describe('what stands on GitHub after each kind of end', () => {
  it.each([
    ['a success', succeeds(first), ['queued', 'in_progress', 'in_progress', 'success'], 'success', 0],
    [
      'a deployment that was rolled back',
      isRolledBack(first),
      ['queued', 'in_progress', 'in_progress', 'in_progress', 'failure'],
      'failure',
      1,
    ],
    ['a failure', fails(first), ['queued', 'in_progress', 'failure'], 'failure', 1],
    ['a rejection', endsAs(first, 'DeploymentRejected', 'rejected'), ['queued', 'error'], 'error', 0],
    ['an expiry', endsAs(first, 'DeploymentExpired', 'expired'), ['queued', 'error'], 'error', 0],
    ['a supersession', endsAs(first, 'DeploymentSuperseded', 'superseded'), ['queued', 'inactive'], 'error', 0],
    ['a cancel', endsAs(first, 'DeploymentCancelled', 'cancelled'), ['queued', 'inactive'], 'error', 0],
    [
      'a cancel of what was under way, which went back',
      [...isCancelled(first)],
      ['queued', 'in_progress', 'in_progress', 'inactive'],
      'error',
      0,
    ],
  ])('%s', async (_, events, states, commit, issues) => {
    const { desk, seen } = await delivered(events);
    const [deployment, ...others] = await seenOn(desk).deployments();
    expect(others).toEqual([]);
    expect(deployment).toMatchObject({ sha: SHA, environment: 'prod', payload: { switchyard: 'd-1', version: 'v1' }, states });
    expect((await seenOn(desk).statuses(SHA)).at(-1)).toMatchObject({ context: 'switchyard/prod/api', state: commit });
    expect(seen.issues).toHaveLength(issues);
    expect(seen.comments).toHaveLength(1);
    expect(await desk.dead()).toEqual([]);
  });

  it.each([
    ['was undone', isRolledBack(first), 'Rollback worked: yes; `td:1` runs'],
    ['could not be undone', fails(first), 'Rollback worked: **no**: see to what runs there'],
    ['had changed nothing', fails(first, 'access-denied', false), 'Rollback worked: nothing had been changed'],
    ["is somebody else's now", fails(first, 'taken-over'), 'Rollback worked: not done: somebody else'],
  ])('an issue says whether what failed %s', async (_, events, words) => {
    const { seen } = await delivered(ended(events));
    expect(seen.issues).toMatchObject([
      { state: 'open', labels: [{ name: 'deployment' }, { name: 'rollback' }, { name: 'urgent' }, { name: 'prod' }] },
    ]);
    expect(seen.issues[0]?.body).toContain(words);
  });

  it('an App makes a check run with a summary, and no commit status (S5.2)', async () => {
    const { seen } = await delivered(isRolledBack(first), BY_APP);
    expect(seen.statuses).toEqual([[], []]);
    expect(seen.checks).toMatchObject([{ id: 'd-1', conclusion: 'failure', title: 'api v1 in prod was rolled back' }]);
    expect(seen.checks[0]?.summary).toContain('health-check, in a sentence');
  });

  it('the deployment before is inactive, and that of another service is not', async () => {
    const other = { ...first, deployment: 'd-9', service: 'web' };
    const { desk } = await delivered([succeeds(other), succeeds(first), isRolledBack(second), succeeds(third)].flatMap(ended));
    const deployments = await seenOn(desk).deployments();
    expect(deployments.map(({ payload, states }) => [(payload as { switchyard: string }).switchyard, states.at(-1)])).toEqual([
      ['d-9', 'success'],
      ['d-1', 'inactive'],
      ['d-2', 'failure'],
      ['d-3', 'success'],
    ]);
  });

  it('a rollback by an alarm is a deployment of the commit that it goes to, and an incident of the version that it leaves', async () => {
    const back = goesBack(
      { deployment: 'r-1', asked: 300, cause: 'CloudWatch Alarm State Change' },
      digestOf('one'),
      digestOf('two'),
    );
    const { desk, seen } = await delivered([...ended(succeeds(first)), ...ended(succeeds(second)), ...back]);
    const deployments = await seenOn(desk).deployments();
    expect(deployments.map(({ sha, states }) => [sha, states.at(-1)])).toEqual([
      [SHA, 'inactive'],
      [OTHER_SHA, 'inactive'],
      [SHA, 'success'],
    ]);
    expect(seen.issues).toMatchObject([{ state: 'open', title: 'prod: the rollback of api v2 succeeded' }]);
    expect(seen.issues[0]?.body).toContain('Rollback worked: yes');
  });

  it('a rollback by a person ends the incident', async () => {
    const back = goesBack({ deployment: 'r-1', asked: 300 }, digestOf('one'), digestOf('two'));
    const { seen } = await delivered([succeeds(first), fails(second), back].flatMap(ended));
    expect(seen.issues).toMatchObject([{ state: 'closed', comments: [expect.stringContaining('A rollback succeeded')] }]);
  });

  it.each(['the failure', 'the rollback'])(
    'a rollback that ends a deployment at the same moment ends its incident, told %s first',
    async (one) => {
      const failed = fails({ ...second, asked: 300 }, 'ended-by-rollback', false);
      const back = goesBack({ deployment: 'r-1', asked: 300 }, digestOf('one'), digestOf('two'));
      const stories = one === 'the failure' ? [failed, back] : [back, failed];
      const { seen } = await delivered([succeeds(first), ...stories].flatMap(ended));
      expect(seen.issues.map(({ state }) => state)).toEqual(['closed']);
    },
  );

  it('an incident whose rollback failed is open until the next success', async () => {
    const back = goesBack(
      { deployment: 'r-1', asked: 150, cause: 'CloudWatch Alarm State Change' },
      'one',
      'two',
      'RollbackFailed',
    );
    const failed = [succeeds(first), succeeds(second), back].flatMap(ended);
    const { desk, seen } = await delivered(failed);
    expect(seen.issues).toMatchObject([{ state: 'open', body: expect.stringContaining('Rollback worked: **no**') }]);
    await desk.deliver(ended(succeeds(third)));
    expect((await everything(desk)).issues).toMatchObject([
      { state: 'closed', comments: [expect.stringContaining('The next deployment succeeded.')] },
    ]);
  });

  it('an incident is one issue: the same again is a comment, and after a success there is another', async () => {
    const fourth = { ...second, deployment: 'd-4', asked: 300 };
    const { seen } = await delivered([isRolledBack(first), fails(second), succeeds(third), isRolledBack(fourth)].flatMap(ended));
    expect(seen.issues.map(({ state, comments }) => [state, comments.length])).toEqual([
      ['closed', 2],
      ['open', 0],
    ]);
  });

  const FAILS = fails(first);
  const MENDED = succeeds(second);
  const FAILS_AGAIN = isRolledBack(third);

  it.each([
    ['success, first, second', [MENDED, FAILS, FAILS_AGAIN]],
    ['success, second, first', [MENDED, FAILS_AGAIN, FAILS]],
    ['second, success, first', [FAILS_AGAIN, MENDED, FAILS]],
    ['first, success, second', [FAILS, MENDED, FAILS_AGAIN]],
  ])('failures with a success between them have an issue each, told as %s', async (_, stories) => {
    const { seen } = await delivered(stories.flatMap(ended));
    const about = ({ body, state, comments }: (typeof seen.issues)[number]) => [
      /Deployment: `(.*)`/.exec(body ?? '')?.[1],
      state,
      comments.length,
    ];
    expect(seen.issues.map(about).sort()).toEqual([
      ['d-1', 'closed', 1],
      ['d-3', 'open', 0],
    ]);
  });

  it.each([
    ['first and second', [FAILS, FAILS_AGAIN]],
    ['second and first', [FAILS_AGAIN, FAILS]],
  ])('failures that are both told when the success between them is, %s, stay in one open issue', async (_, stories) => {
    const { desk, seen } = await delivered([...stories, MENDED].flatMap(ended));
    expect(seen.issues).toMatchObject([{ state: 'open', comments: [expect.stringContaining('Deployment: ')] }]);
    await desk.deliver(ended(succeeds({ ...first, deployment: 'd-4', asked: 400 })));
    expect((await everything(desk)).issues.map(({ state }) => state)).toEqual(['closed']);
  });

  it('a failure that is owed still when the success before it is told has an issue of its own', async () => {
    const desk = await startDesk();
    desk.calls.gitHub = ({ method, path }) => (method === 'POST' && path.endsWith('/issues') ? 'lost before' : undefined);
    for (const story of [FAILS, FAILS_AGAIN, MENDED]) await desk.invoke(ended(story));
    delete desk.calls.gitHub;
    await desk.deliver([FAILS_AGAIN, FAILS, MENDED].flatMap(ended));
    const { issues } = await everything(desk);
    expect(issues.map(({ state, comments }) => [state, comments.length]).sort()).toEqual([
      ['closed', 1],
      ['open', 0],
    ]);
  });

  it('a pull request has one comment, with a row for each place, and links to dashboard and deployments (S2.5)', async () => {
    const dev = { ...first, deployment: 'd-0', asked: 50, environment: 'dev' };
    const { seen } = await delivered([succeeds(dev), isRolledBack(first)].flatMap(ended), {
      token: '${ssm:/github}',
      environmentUrl: 'https://example.com',
    });
    expect(seen.comments).toHaveLength(1);
    const rows = seen.comments[0]?.split('\n').filter((line) => line.startsWith('| `')) ?? [];
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain('| `dev` | `api` | `v1` | ✅ succeeded');
    expect(rows[1]).toContain('| `prod` | `api` | `v1` | ⏪ was rolled back');
    for (const row of rows)
      expect(row).toMatch(/\[deployment\]\(.+\/deployments\/(dev|prod)\) · \[dashboard\]\(https:\/\/example.com\/dashboard\)/);
  });

  it('without a commit there is no deployment, and the rest is told', async () => {
    const nameless = { ...first, with: { version: 'v1', pullRequest: '7' } };
    const { desk, seen } = await delivered(ended(isRolledBack(nameless)));
    expect(seen.deployments).toEqual([]);
    expect(seen.issues[0]?.body).toContain('Commit: not known');
    expect(seen.comments).toHaveLength(1);
    expect(desk.log.join('\n')).toContain('the request names none');
    expect(await desk.dead()).toEqual([]);
  });

  it('a rollback is a deployment of the commit of its image, though a request for it has named none since', async () => {
    const nameless = { ...first, deployment: 'd-3', asked: 50, with: { version: 'v1' } };
    const { desk, seen } = await delivered(
      [
        succeeds(first),
        succeeds(nameless),
        succeeds(second),
        goesBack({ deployment: 'r-4', asked: 200 }, digestOf('one'), digestOf('two')),
      ].flatMap(ended),
    );
    expect(seen.deployments.map(({ sha, payload }) => [sha, (payload as { switchyard: string }).switchyard]).sort()).toEqual(
      [
        [SHA, 'd-1'],
        [OTHER_SHA, 'd-2'],
        [SHA, 'r-4'],
      ].sort(),
    );
    expect(await desk.dead()).toEqual([]);
  });

  it('a tag, and an image that is tagged with its commit, tell the commit too', async () => {
    const byTag = await delivered(ended(succeeds({ ...first, with: { ref: 'refs/tags/v1.2.3' } })));
    const byImage = await delivered(ended(succeeds({ ...first, with: { image: `preprod:sha-${SHA.slice(0, 7)}` } })));
    for (const { seen } of [byTag, byImage]) expect(seen.deployments).toMatchObject([{ sha: SHA, last: 'success' }]);
  });

  it('what is switched off is not told', async () => {
    const off = { token: '${ssm:/github}', deployments: false, report: 'none', issues: false, pullRequests: false };
    const { desk, seen } = await delivered(isRolledBack(first), off);
    expect([seen.deployments, seen.statuses, seen.issues, seen.comments]).toEqual([[], [[], []], [], []]);
    expect(desk.calls.requests).toEqual([]);
  });
});

const STORY = [succeeds(first), isRolledBack(second), succeeds(third)].flatMap((events) => [
  ...events.slice(0, 1),
  ...ended(events),
]);

/** In another order, by a seed. */
const shuffled = <T>(entries: readonly T[], seed: number): readonly T[] => {
  const random = randomFrom(seed);
  return entries
    .map((entry) => ({ entry, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
};

describe('once in effect', () => {
  it.each([
    ['a token', { token: '${ssm:/github}' }],
    ['an App', BY_APP],
  ])('every event three times and in any order comes to the same, by %s', async (_, notify) => {
    const { seen: wanted } = await delivered(STORY, notify);
    expect(wanted.deployments).toHaveLength(3);
    expect(wanted.issues).toHaveLength(1);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const desk = await startDesk({ notify });
        const order = shuffled([...STORY, ...STORY, ...STORY], seed);
        for (let index = 0; index < order.length; index += 6) await desk.deliver(order.slice(index, index + 6));
        expect(await everything(desk)).toEqual(wanted);
        expect(await desk.dead()).toEqual([]);
      }),
      { numRuns: 1 },
    );
  });

  // deaths around what it keeps are those of steps.test.ts
  it('comes to the same if the function dies after any request that changes something', async () => {
    const last = ended(isRolledBack(first));
    const { desk: whole, seen: wanted } = await delivered(last);
    const changes = whole.calls.changes;
    expect(changes).toBe(5);
    for (let at = 1; at <= changes; at += 1) {
      const desk = await startDesk();
      desk.calls.diesAfter = at;
      await desk.deliver(last);
      expect(await everything(desk), `dies after change ${at}`).toEqual(wanted);
    }
  });

  it('comes to the same if the answer to any request is lost, and the next request with it', async () => {
    const last = ended(isRolledBack(first));
    const { desk: whole, seen: wanted } = await delivered(last);
    const requests = whole.calls.requests.length;
    expect(requests).toBeGreaterThan(5);
    for (let at = 1; at <= requests; at += 1) {
      const desk = await startDesk();
      let made = 0;
      desk.calls.gitHub = () => {
        made += 1;
        return made === at ? 'lost after' : made === at + 1 ? 'lost before' : undefined;
      };
      await desk.deliver(last);
      expect(await everything(desk), `loses ${at}`).toEqual(wanted);
    }
  });

  it('is not asked anything while it asks for patience: that would count too', async () => {
    const desk = await startDesk({ standIn: { limits: { pointsPerMinute: 30 } } });
    const story = isRolledBack(first);
    const left = await desk.invoke(story);
    expect(desk.log.filter((line) => line.includes('You have exceeded a secondary rate limit')).length).toBeGreaterThan(0);
    const asked = desk.calls.requests.length;
    await desk.clock.advance(5000);
    expect(await desk.invoke(left)).toEqual(left);
    expect(desk.calls.requests).toHaveLength(asked);
    expect(desk.log.filter((line) => line.includes('GitHub has asked for patience')).length).toBeGreaterThanOrEqual(left.length);
    await desk.deliver(left);
    const { deployments, issues } = await everything(desk);
    expect([deployments, issues]).toMatchObject([[{ last: 'failure' }], [{ state: 'open' }]]);
  });

  it('two copies at once tell once', async () => {
    const story = [isRolledBack(second), succeeds(third)].flatMap(ended);
    const { seen: wanted } = await delivered(story);
    const desk = await startDesk();
    for (const event of story) await Promise.all([desk.deliver([event]), desk.deliver([event])]);
    expect(await everything(desk)).toEqual(wanted);
  });
});
