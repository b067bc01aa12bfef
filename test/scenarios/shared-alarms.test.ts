import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startPipeline } from './pipeline.ts';

const ALARM = 'adit-service-prod-5xx';
const services = ['adit-service-prod', 'conflicto-backend-service-prod'] as const;
const [ADIT, CONFLICTO] = services;

/** Both services are well, the second one last; the alarm of the first is also one of the second. */
const both = async (prod = '  prod:\n') => {
  const text = await readFile(new URL('../../switchyard.yml', import.meta.url), 'utf8');
  const catalogue = text.replace(
    '[conflicto-backend-service-prod-5xx]',
    `[conflicto-backend-service-prod-5xx, ${ALARM}]\n        bakeSeconds: 10`,
  );
  expect(catalogue).not.toBe(text);
  expect(text).toContain('  prod:\n');
  const pipeline = await startPipeline({ catalogue: catalogue.replace('  prod:\n', prod), services });
  await pipeline.earnFirst('prod', ADIT);
  await pipeline.earnFirst('prod', CONFLICTO);
  const good = await pipeline.digestOf('prod', 'good');
  const runs = () => pipeline.runningDigest('adit-prod', ADIT);
  return { pipeline, good, runs };
};

it('an alarm that two services share, and for which one is gone back from, says nothing of the other', async () => {
  const { pipeline, good, runs } = await both();
  await pipeline.deploy('prod', 'conflicto-backend-prod:better', CONFLICTO);
  await pipeline.bakes('conflicto-backend-prod:better');
  await pipeline.setAlarm(ALARM, 'ALARM');
  const { detail } = await pipeline.verdict();
  expect(detail).toMatchObject({ service: CONFLICTO, verdict: 'rolled-back', reason: { code: 'alarm' } });
  // For longer than the alarms of an open window go unread.
  await pipeline.pass(900);
  expect(pipeline.told.at(-1)?.detail.deployment).toBe(detail.deployment);
  expect(await runs()).toBe(good);
});

it('an alarm that two services share, whose event is lost, goes to the one that was verified last', async () => {
  const { pipeline, good, runs } = await both();
  pipeline.faults.lose = ({ action, body }) => action === 'sqs:SendMessage' && body.includes('CloudWatch Alarm State Change');
  await pipeline.setAlarm(ALARM, 'ALARM');
  expect((await pipeline.verdict(400)).detail).toMatchObject({ kind: 'rollback', service: CONFLICTO });
  await pipeline.pass(900);
  expect(
    pipeline.told.filter(({ detail }) => detail['kind'] === 'rollback').every(({ detail }) => detail.service === CONFLICTO),
  ).toBe(true);
  expect(await runs()).toBe(good);
});

it('an alarm that two services share, and that fires for one, is not held against what the other replaces meanwhile', async () => {
  const { pipeline, good } = await both();
  await pipeline.deploy('prod', 'conflicto-backend-prod:better', CONFLICTO);
  await pipeline.bakes('conflicto-backend-prod:better');
  await pipeline.setAlarm(ALARM, 'ALARM');
  await pipeline.verdict();
  await pipeline.deploy('prod', 'prod:better', ADIT);
  expect(await pipeline.verdict()).toMatchObject({ type: 'DeploymentSucceeded', detail: { service: ADIT } });
  await pipeline.deploy('prod', 'prod:good', ADIT);
  const verdict = await pipeline.verdict();
  expect(verdict).toMatchObject({ type: 'DeploymentSucceeded', detail: { service: ADIT, digest: good } });
});

it('an alarm that two services share speaks against the one with new tasks, not against the other, which could not begin yet', async () => {
  const { pipeline, good, runs } = await both('  prod:\n    lane: service\n');
  pipeline.faults.lose = ({ action, body }) => action === 'ecs:UpdateService' && body.includes(ADIT);
  await pipeline.deploy('prod', 'prod:better', ADIT);
  await pipeline.until(({ type, detail }) => type === 'DeploymentQueued' && detail.asked?.['image'] === 'prod:better');
  await pipeline.deploy('prod', 'conflicto-backend-prod:better', CONFLICTO);
  await pipeline.bakes('conflicto-backend-prod:better');
  await pipeline.setAlarm(ALARM, 'ALARM');
  expect((await pipeline.verdict()).detail).toMatchObject({
    service: CONFLICTO,
    verdict: 'rolled-back',
    reason: { code: 'alarm' },
  });
  delete pipeline.faults.lose;
  expect((await pipeline.verdict()).detail).toMatchObject({ service: ADIT, verdict: 'succeeded' });
  await pipeline.deploy('prod', 'prod:good', ADIT);
  expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
  expect(await runs()).toBe(good);
});

it('an alarm that two services share sends back what was verified last, also while the other cannot begin', async () => {
  const { pipeline, good, runs } = await both();
  pipeline.faults.lose = ({ action, body }) => action === 'ecs:UpdateService' && body.includes(ADIT);
  await pipeline.deploy('prod', 'conflicto-backend-prod:better', CONFLICTO);
  expect((await pipeline.verdict()).detail).toMatchObject({ service: CONFLICTO, verdict: 'succeeded' });
  await pipeline.deploy('prod', 'prod:better', ADIT);
  await pipeline.until(({ type, detail }) => type === 'DeploymentQueued' && detail.asked?.['image'] === 'prod:better');
  await pipeline.setAlarm(ALARM, 'ALARM');
  // At once, not when the alarms of its window are read.
  expect((await pipeline.verdict(120)).detail).toMatchObject({ service: CONFLICTO, kind: 'rollback', reason: { code: 'alarm' } });
  delete pipeline.faults.lose;
  expect((await pipeline.verdict()).detail).toMatchObject({ service: ADIT, verdict: 'succeeded' });
  await pipeline.deploy('prod', 'prod:good', ADIT);
  expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
  expect(await runs()).toBe(good);
});
