import { createClients } from '../shared/crew.ts';
import type { Wake } from '../shared/deployment/decision.ts';
import { isTerminal, ownerOf } from '../shared/deployment/owner.ts';
import { type Invocation, scheduledHandler } from '../shared/handler.ts';
import { onLambda } from '../shared/lambda.ts';
import { sendWake } from '../shared/messages.ts';
import { emit, type Figure } from '../shared/metrics/emit.ts';
import type { MetricName } from '../shared/metrics/metrics.ts';
import type { Runtime } from '../shared/runtime.ts';
import { createStore, type Due } from '../shared/store/store.ts';

/**
 * Trigger: a schedule, each minute.
 * Does:    finds what is owed in the table's due index and wakes its owner through the inbox.
 * Fails:   the next minute's run finds the same again: nothing it does is lost, and nothing is done here that cannot be repeated.
 */
export const createSweep = (runtime: Runtime) => {
  const clients = createClients(runtime);
  const { settings, write } = runtime;
  const store = createStore({ client: clients.dynamodb, TableName: settings.table });
  return scheduledHandler(runtime, async (invocation) => {
    const now = runtime.now();
    const minute = Math.floor(now / 60_000);
    let [woken, overdue] = [0, 0];
    for await (const page of store.due(now)) {
      if (isOutOfTime(invocation)) return;
      overdue += page.filter((due) => isOverdue(due, now)).length;
      const wakes = page.flatMap(wakeFor);
      await Promise.all(wakes.map((wake) => sendWake(clients.sqs, settings.inboxUrl, wake, `${wake.number ?? ''}@${minute}`)));
      woken += wakes.length;
    }
    if (woken > 0) invocation.log.info('woke what was owed', { woken });
    emit({ namespace: settings.bus, write }, [figure('OverdueDeployments', overdue), figure('Sweeps', 1)], now);
  });
};

export const handler = onLambda(createSweep);

const figure = (name: MetricName, value: number): Figure => ({ name, value, of: {} });

/** Longer than a lease and a sweep take. */
const PATIENCE = 300_000;

/** It has not ended in the time that was stated for it, and nobody has seen to it since: what must never be (I1). */
const isOverdue = (due: Due, now: number): boolean => {
  if (due.what !== 'deployment' || isTerminal(due.deployment.state)) return false;
  const { state, waitUntil, deadline = waitUntil } = due.deployment;
  return now > (state === 'queued' ? waitUntil : deadline) + PATIENCE;
};

/** The next run goes on: what is left is still due then. */
const isOutOfTime = ({ timeLeft }: Invocation): boolean => timeLeft() < 5_000;

const wakeFor = (due: Due): readonly Wake[] => {
  switch (due.what) {
    case 'deployment': {
      const { id, environment, service, lane, wakeNumber } = due.deployment;
      return [
        { function: ownerOf(due.deployment), environment, service, lane, deployment: id, number: wakeNumber, delaySeconds: 0 },
      ];
    }
    case 'outbox': {
      const { deployment, environment, service, lane } = due.entry;
      return [{ function: 'verify', environment, service, lane, deployment, number: -1, delaySeconds: 0 }];
    }
    case 'lane': {
      const { environment, name: lane, holder, waiting } = due.lane;
      const next = holder ?? waiting[0];
      return next === undefined
        ? []
        : [{ function: 'deploy', environment, service: next.service, lane, deployment: next.id, delaySeconds: 0 }];
    }
    case 'service': {
      const { environment, name, wakeNumber } = due.service;
      return [{ function: 'rollback', environment, service: name, lane: environment, number: wakeNumber, delaySeconds: 0 }];
    }
    case 'promotion': {
      const { id, rule, wakeNumber } = due.promotion;
      const { environment } = rule.to;
      const common = { function: 'promote', environment, service: rule.name, lane: environment, delaySeconds: 0 } as const;
      return [{ ...common, promotion: id, number: wakeNumber }];
    }
  }
};
