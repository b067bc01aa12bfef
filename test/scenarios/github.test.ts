import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../local/notified/github-here.ts';
import { seenOn } from '../local/github/seen.ts';
import { REPOSITORY, TOKEN } from '../local/github/stand-in.ts';
import { type GitHubOptions, startWithGitHub, type WithGitHub } from './github.ts';
import { keepSecret, tellAgain } from './with-notify.ts';

const SERVICE = 'adit-service-preprod';
const QUEUE = 'http://cloud.test/123456789012/switchyard-notify-github';
const RUN = 'https://github.com/acme/app/actions/runs/1';

/** A commit for each request: `1111…`. */
const commitOf = (index: number): string => index.toString(16).repeat(40);

const COMMITS = Object.fromEntries([1, 2, 3, 4, 5, 6].map((index) => [commitOf(index), `Change ${index}`]));

const start = ({ standIn = {}, ...options }: GitHubOptions = {}) =>
  startWithGitHub({
    services: [SERVICE],
    ...options,
    standIn: { repositories: { 'acme/app': { ...REPOSITORY, commits: COMMITS } }, ...standIn },
  });

const deploy = ({ pipeline }: WithGitHub, index: number, tag: string, more: object = {}) => {
  const asked = { commit: commitOf(index), version: `v${index}`, runUrl: RUN, pullRequest: '7', requestId: `r${index}` };
  return pipeline.deploy('preprod', `preprod:${tag}`, SERVICE, { ...asked, ...more });
};

/** The first deployment, which is good, and a second, which is rolled back. */
const deployGoodAndBad = async (world: WithGitHub): Promise<void> => {
  await deploy(world, 1, 'good');
  await world.pipeline.verdict();
  await deploy(world, 2, 'crashing');
  await world.pipeline.verdict(900);
};

const deadLetters = async ({ pipeline }: WithGitHub) => {
  const asked = { QueueUrl: `${QUEUE}-dlq`, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await pipeline.sqs.send(new ReceiveMessageCommand(asked));
  return Messages.map(({ Body, MessageAttributes }) => ({
    body: Body,
    code: MessageAttributes?.['code']?.StringValue,
    reason: MessageAttributes?.['reason']?.StringValue,
  }));
};

/** What people see there at last: for each version, its deployment and its commit's status; issues; comments. */
const seenAtLast = async (world: WithGitHub) => {
  const seen = seenOn(world);
  const versionOf = (payload: unknown) => (payload as { version: string }).version;
  const deployments = (await seen.deployments()).map(({ sha, payload, states }) => [versionOf(payload), sha, states.at(-1)]);
  const statuses = await Promise.all(
    Object.keys(COMMITS).map(async (sha) => {
      const all = await seen.statuses(sha);
      expect(new Set(all.map(({ context }) => context)).size).toBeLessThan(2);
      return all.at(-1)?.state;
    }),
  );
  const issues = await seen.issues();
  return {
    deployments,
    statuses,
    issues: await Promise.all(
      issues.map(async ({ number, title, state }) => ({ title, state, comments: (await seen.comments(number)).length })),
    ),
    comments: await seen.comments(7),
  };
};

describe('GitHub', () => {
  it('has one deployment, status, comment and incident for each way to end', async () => {
    const world = await start();
    const { pipeline } = world;
    await deployGoodAndBad(world);
    // in quarantine since
    await deploy(world, 3, 'crashing');
    await pipeline.verdict();
    const before = await pipeline.service('adit-preprod', SERVICE);
    await deploy(world, 4, 'better');
    await pipeline.until(({ detail }) => detail['phase'] === 'baking' && detail.asked?.['version'] === 'v4');
    await pipeline.ecs.send(
      new UpdateServiceCommand({ cluster: 'adit-preprod', service: SERVICE, taskDefinition: before.taskDefinition }),
    );
    await pipeline.verdict();
    const opened = await seenOn(world).issues();
    await deploy(world, 5, 'slow');
    await pipeline.until(({ type, detail }) => type === 'DeploymentStarted' && detail.asked?.['version'] === 'v5');
    await deploy(world, 6, 'better');
    const queued = await pipeline.until(({ type, detail }) => type === 'DeploymentQueued' && detail.asked?.['version'] === 'v6');
    const { deployment } = queued.detail;
    await pipeline.put('DeploymentCancelRequested', { environment: 'preprod', service: SERVICE, deployment, reason: 'wrong' });
    await pipeline.verdicts(2);
    await pipeline.put('RollbackRequested', { environment: 'preprod', service: SERVICE, reason: 'too slow', actor: 'bob' });
    await pipeline.verdict(900);
    await pipeline.pass(120);
    const ends = pipeline.told.filter(({ detail }) => detail['terminal'] === true);
    expect(ends.map(({ type, detail }) => [type, detail.asked?.['version']])).toEqual([
      ['DeploymentSucceeded', 'v1'],
      ['DeploymentRolledBack', 'v2'],
      ['DeploymentRejected', 'v3'],
      ['DeploymentFailed', 'v4'],
      ['DeploymentCancelled', 'v6'],
      ['DeploymentSucceeded', 'v5'],
      ['RollbackSucceeded', undefined],
    ]);
    expect(opened.map(({ state }) => state)).toEqual(['open']);
    const { deployments, statuses, issues, comments } = await seenAtLast(world);
    expect(deployments).toEqual([
      ['v1', commitOf(1), 'inactive'],
      ['v2', commitOf(2), 'failure'],
      ['v3', commitOf(3), 'error'],
      ['v4', commitOf(4), 'failure'],
      ['v5', commitOf(5), 'inactive'],
      ['v6', commitOf(6), 'inactive'],
      // the rollback is a deployment of the commit that it goes to
      ['v1', commitOf(1), 'success'],
    ]);
    expect(statuses).toEqual(['success', 'failure', 'error', 'failure', 'success', 'error']);
    // opened by v2, commented on by v4, resolved by v5
    expect(issues).toEqual([{ title: `preprod: the deployment of ${SERVICE} v2 was rolled back`, state: 'closed', comments: 2 }]);
    expect(comments).toHaveLength(1);
    expect(comments[0]).toMatch(/\[dashboard\]\(https:\/\/[^)]*#dashboards\/dashboard\/switchyard-preprod\)/);
    // the newest request of all
    expect(comments[0]).toContain('| `preprod` | `adit-service-preprod` | `v6` | 🚫 was cancelled');
    expect(await deadLetters(world)).toEqual([]);
  }, 60_000);

  it('comes to the same when every event comes three times more, the newest first', async () => {
    const world = await start();
    const { pipeline } = world;
    await deployGoodAndBad(world);
    await pipeline.pass(30);
    const before = await seenAtLast(world);
    const requests = world.requests.length;
    await tellAgain(pipeline, QUEUE);
    await pipeline.pass(120);
    expect(await seenAtLast(world)).toEqual(before);
    expect(world.requests.length).toBe(requests);
    expect(await deadLetters(world)).toEqual([]);
  });

  it('is told once though it answers with 502, loses answers and asks for patience', async () => {
    const world = await start({ standIn: { limits: { pointsPerMinute: 12 } } });
    const { pipeline, meddling } = world;
    const faults = [undefined, 502, 'after', undefined, 'before'] as const;
    const met = new Map<unknown, number>();
    let posts = 0;
    meddling.lose = ({ method }) => {
      if (method !== 'POST') return undefined;
      const fault = faults[posts % faults.length];
      posts += 1;
      met.set(fault, (met.get(fault) ?? 0) + 1);
      return fault;
    };
    await deployGoodAndBad(world);
    // each request of which nobody knows whether it arrived takes a minute
    await pipeline.pass(1800);
    expect(posts).toBeGreaterThan(10);
    for (const fault of faults) expect(met.get(fault)).toBeGreaterThan(2);
    expect(pipeline.log.some((line) => line.includes('You have exceeded a secondary rate limit'))).toBe(true);
    const { deployments, statuses, issues, comments } = await seenAtLast(world);
    expect(deployments).toEqual([
      ['v1', commitOf(1), 'success'],
      ['v2', commitOf(2), 'failure'],
    ]);
    expect(statuses.slice(0, 3)).toEqual(['success', 'failure', undefined]);
    expect(issues).toMatchObject([{ state: 'open', comments: 0 }]);
    expect(comments).toHaveLength(1);
    expect(await deadLetters(world)).toEqual([]);
  });
});

describe('a GitHub that refuses', () => {
  const told: string[] = [];
  const beside = `webhooks: [{ name: one, url: 'https://hooks.example.com', secret: '\${ssm:/switchyard/hook}', events: verdicts }]`;

  /** With somebody else who is told: that must go on. */
  const startBeside = async (options: GitHubOptions = {}) => {
    told.length = 0;
    const receive: typeof globalThis.fetch = async (_, init) => {
      told.push(JSON.parse(String(init?.body)).type);
      return new Response(null, { status: 204 });
    };
    const world = await start({ ...options, beside, receivers: () => ({ 'hooks.example.com': receive }) });
    await keepSecret(world.pipeline, '/switchyard/hook', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    return world;
  };

  it('a token that was revoked is reported with what to do, and when there is another all is caught up with', async () => {
    const world = await startBeside();
    const { pipeline } = world;
    await keepSecret(pipeline, '/switchyard/github', 'github_pat_revoked');
    await deploy(world, 1, 'good');
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
    await pipeline.pass(60);
    expect(told).toEqual(['DeploymentSucceeded']);
    const dead = await deadLetters(world);
    // GitHub shows nothing of a rollout that has ended: it is verified next
    expect(dead.length).toBe(pipeline.told.filter(({ detail }) => detail['phase'] !== 'rolled-out').length);
    for (const { code, reason } of dead) {
      expect(code).toBe('github-credentials');
      expect(reason).toContain('GitHub says "Bad credentials" (401); put a token, or a key of the App, that is valid');
    }
    expect(pipeline.log.some((line) => line.includes('Bad credentials'))).toBe(true);
    expect(pipeline.log.some((line) => line.includes('github_pat_revoked'))).toBe(false);
    await keepSecret(pipeline, '/switchyard/github', TOKEN);
    for (const { body } of dead) await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: body }));
    await pipeline.pass(360);
    const { deployments, statuses } = await seenAtLast(world);
    expect([deployments, statuses[0]]).toEqual([[['v1', commitOf(1), 'success']], 'success']);
  });

  it('a commit that it does not have is reported once, and the rest is told', async () => {
    const world = await startBeside();
    const { pipeline } = world;
    await deploy(world, 2, 'crashing', { commit: 'f'.repeat(40) });
    await pipeline.verdict(900);
    await pipeline.pass(60);
    expect(told).toEqual(['DeploymentRolledBack']);
    expect((await deadLetters(world)).map(({ code }) => code)).toEqual(['github-commit-unknown']);
    const { deployments, issues, comments } = await seenAtLast(world);
    expect([deployments, issues.length, comments.length]).toEqual([[], 1, 1]);
  });

  it('a permission that lacks is reported by its name, and the rest is told', async () => {
    const { issues: _, ...permissions } = PERMISSIONS;
    const world = await startBeside({ standIn: { permissions } });
    const { pipeline } = world;
    await deploy(world, 2, 'crashing');
    await pipeline.verdict(900);
    await pipeline.pass(60);
    expect(told).toEqual(['DeploymentRolledBack']);
    const [only, ...others] = await deadLetters(world);
    expect(others).toEqual([]);
    expect(only?.code).toBe('github-denied');
    expect(only?.reason).toContain('cannot open an issue in acme/app');
    expect((await seenOn(world).deployments()).map(({ states }) => states.at(-1))).toEqual(['failure']);
    expect(await seenOn(world).comments(7)).toHaveLength(1);
  });
});
