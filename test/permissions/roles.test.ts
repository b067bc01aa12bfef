import { readFileSync } from 'node:fs';
import { DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { TrailRecord } from '../../local/iam/authorizer.ts';
import { templateIn } from '../../local/packaging.ts';
import { REASONS_FOR_ANY_RESOURCE } from '../../scripts/stack/roles.ts';
import { amount } from '../amount.ts';
import { type PackagedTemplate, startPipeline } from '../scenarios/pipeline.ts';
import { makeCalls } from './every-call.ts';
import {
  firstNeeding,
  nameOf,
  needlessStatements,
  placesIn,
  unexplained,
  unusedActions,
  without,
  withStatements,
} from './usage.ts';

const template: PackagedTemplate = JSON.parse(readFileSync(templateIn(inject('packaged')), 'utf8'));

let trail: readonly TrailRecord[] = [];
/** How long the trail was after each step. */
const steps: { readonly step: number; readonly end: number }[] = [];

beforeAll(async () => {
  const pipeline = await startPipeline();
  await makeCalls(pipeline, undefined, (step) => steps.push({ step, end: pipeline.trail.length }));
  trail = pipeline.trail;
});

describe('the packaged roles (S1.4, I10)', () => {
  it('suffice for everything that the pipeline does', () => {
    expect(trail.length).toBeGreaterThan(1000);
    expect(trail.filter(({ allowed }) => !allowed)).toEqual([]);
  });

  it('allow no action that nothing uses', () => {
    expect(unusedActions(template, trail)).toEqual([]);
    const generous = withStatements(template, 'VerifyRole', ([first, ...rest]) => [
      { Effect: 'Allow', Action: ['ecs:StopTask'], Resource: ['arn:aws:ecs:eu-west-1:123456789012:task/*'] },
      ...(first === undefined ? [] : [first]),
      ...rest,
    ]);
    expect(unusedActions(generous, trail)).toContain('VerifyRole allows ecs:StopTask (statement 0), and nothing used it');
  });

  it('have no statement without which the same calls would be allowed', async () => {
    expect(needlessStatements(template, trail)).toEqual([]);
    const twice = (given: PackagedTemplate) => withStatements(given, 'SweepRole', (statements) => [...statements, ...statements]);
    const pipeline = await startPipeline({ services: ['adit-service-preprod'], packaged: twice });
    await pipeline.earnFirst('preprod', 'adit-service-preprod');
    await pipeline.pass(120);
    expect(needlessStatements(twice(template), pipeline.trail).filter((text) => text.startsWith('SweepRole'))).toHaveLength(6);
  });

  it('say * only with a reason', () => {
    expect(unexplained(template, REASONS_FOR_ANY_RESOURCE)).toEqual([]);
    expect(unexplained(template, {})).toContain('DeployRole: ecs:DescribeTaskDefinition on *');
  });
});

describe('without one statement', () => {
  /** One statement in so many. */
  const EVERY = amount(12, 1);
  const places = placesIn(template).filter((_, index) => index % EVERY === 0);

  it.each(places.map((place) => [nameOf(place), place] as const))(
    '%s, the tests fail with AccessDenied, naming it',
    async (_, place) => {
      const calls = async (only?: readonly number[]) => makeCalls(await startPipeline({ packaged: without(place) }), only);
      const errorOf = (only?: readonly number[]) => calls(only).catch((thrown: unknown) => thrown);
      // the step that needs it, by itself; all of them where it needs it only after others
      const at = firstNeeding(place, trail);
      const needing = steps.filter(({ end }) => at < end).map(({ step }) => step);
      const error: unknown = (await errorOf(needing.slice(0, 1))) ?? (await errorOf());
      expect(String(error)).toMatch(/AccessDenied: arn:aws:sts::123456789012:assumed-role\/switchyard-/);
      expect(place.actions.some((action) => String(error).includes(` may not ${action} on `))).toBe(true);
      expect(String(error)).toContain(`switchyard-${place.role}-`);
    },
  );
});

/** Rules send by the queues' policies, and the schedule calls by the function's. */
describe('without the policy', () => {
  const withoutResource =
    (id: string) =>
    ({ Resources }: PackagedTemplate): PackagedTemplate => ({
      Resources: Object.fromEntries(Object.entries(Resources).filter(([name]) => name !== id)),
    });
  const started = (packaged?: (template: PackagedTemplate) => PackagedTemplate) =>
    startPipeline({ services: ['adit-service-preprod'], ...(packaged === undefined ? {} : { packaged }) });

  it('of the inbox, no event arrives, and that is said', async () => {
    const pipeline = await started(withoutResource('InboxPolicy'));
    await pipeline.deploy('preprod', 'preprod:good', 'adit-service-preprod');
    await expect(pipeline.verdict()).rejects.toThrow(
      'AccessDenied: events.amazonaws.com may not sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:switchyard-inbox',
    );
  });

  it("of the events' dead letters, an event that cannot be delivered is lost, and that is said; with it, it is kept", async () => {
    const undeliverable = async (pipeline: Awaited<ReturnType<typeof started>>) => {
      await pipeline.sqs.send(new DeleteQueueCommand({ QueueUrl: `${ACCOUNT_URL}/switchyard-inbox` }));
      await pipeline.deploy('preprod', 'preprod:good', 'adit-service-preprod');
      await pipeline.pass(5);
      return pipeline.sqs.send(new ReceiveMessageCommand({ QueueUrl: `${ACCOUNT_URL}/switchyard-events-dlq` }));
    };
    expect((await undeliverable(await started())).Messages).toHaveLength(1);
    await expect(undeliverable(await started(withoutResource('EventsDeadLettersPolicy')))).rejects.toThrow(
      'AccessDenied: events.amazonaws.com may not sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:switchyard-events-dlq',
    );
  });

  it('of the sweep, the schedule calls nobody, and that is said', async () => {
    const [permission = ''] = Object.entries(template.Resources).find(([, { Type }]) => Type === 'AWS::Lambda::Permission') ?? [];
    const pipeline = await started(withoutResource(permission));
    await expect(pipeline.pass(70)).rejects.toThrow(
      'AccessDenied: events.amazonaws.com may not lambda:InvokeFunction on arn:aws:lambda:eu-west-1:123456789012:function:switchyard-sweep',
    );
  });
});

const ACCOUNT_URL = 'http://cloud.test/123456789012';
