import {
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/errors.ts';
import type { Observation, Revision } from '../../../shared/deployment/observations.ts';
import { DEPLOYMENT_TAG } from '../../../shared/targets/ecs/task-definitions.ts';
import { ecsRolling } from '../../../shared/targets/ecs-rolling.ts';
import type { Job, TargetMethod } from '../../../shared/targets/target.ts';
import { type Answer, clientOf, digestOf, type Fault, localService, REPOSITORY } from './local-ecs.ts';

const config = { kind: 'ecs-rolling', cluster: 'c', service: 'api', container: 'api' };

const town = async (setting: Parameters<typeof localService>[0] = {}) => {
  const local = await localService(setting);
  const { ecs, clock } = local;
  const fresh = () =>
    ecsRolling.create({
      client: clientOf(ecs),
      now: clock.now,
      fetch: globalThis.fetch,
      signal: () => new AbortController().signal,
    });
  const job = (tag: string, over: Partial<Job> = {}): Job => ({
    deployment: 'd-1',
    config,
    image: { repository: REPOSITORY, digest: digestOf(tag), platforms: [] },
    again: false,
    ...over,
  });
  const service = async () => (await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['api'] }))).services?.[0];
  const definition = ({ id }: Revision) => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: id, include: ['TAGS'] }));
  /** What a deployment does before it observes: look, then start. */
  const begin = async (tag: string, over: Partial<Job> = {}) => {
    const target = fresh();
    const looked = await target.current(job(tag, over));
    if (looked.kind === 'refused') throw new Error(looked.failure.message);
    const before = looked.current;
    const started = await target.start({ ...job(tag, over), before });
    if (started.kind === 'refused') throw new Error(started.failure.message);
    const { rollout } = started;
    const begun = { ...job(tag, over), before, rollout };
    return { before, rollout, begun, observe: () => fresh().observe(begun, rollout) };
  };
  /** Somebody else's UpdateService. */
  const takeOver = async () => {
    const containerDefinitions = [{ name: 'api', image: `${REPOSITORY}:better`, portMappings: [{ containerPort: 8080 }] }];
    const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ family: 'api', containerDefinitions }));
    await ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', taskDefinition: taskDefinition?.taskDefinitionArn }));
    return taskDefinition?.taskDefinitionArn ?? '';
  };
  const on = (wanted: string, fault: Fault) => {
    local.faults.next = (action) => (action === wanted ? fault : undefined);
  };
  const made = () => local.calls.splice(0).map(({ action }) => action);
  return { ...local, fresh, job, service, definition, begin, takeOver, on, made };
};

/** The only service in an answer of DescribeServices, changed. */
const changed = (change: (service: Answer) => Answer) => (answer: Answer) => ({
  ...answer,
  services: (answer['services'] as Answer[]).map(change),
});

const failureIn = (observation: Observation) => ('failure' in observation ? observation.failure : undefined);

describe('control-plane calls', () => {
  it('are four to look and start, and one to observe, while all goes well', async () => {
    const { begin, made, clock } = await town();
    made();
    const { observe } = await begin('good');
    expect(made()).toEqual(['DescribeServices', 'DescribeTaskDefinition', 'RegisterTaskDefinition', 'UpdateService']);
    await observe();
    await clock.advance(10_000);
    await observe();
    expect(made()).toEqual(['DescribeServices', 'DescribeServices']);
  });

  it('are one more where the newest of the family is copied', async () => {
    const { begin, made } = await town();
    await begin('good', { config: { ...config, base: 'family' } });
    expect(made()).toHaveLength(5);
  });

  it('send nothing to UpdateService but cluster, service and task definition', async () => {
    const { begin, calls } = await town();
    const { rollout } = await begin('good');
    const { input } = calls.find(({ action }) => action === 'UpdateService') ?? {};
    expect(input).toEqual({ cluster: 'c', service: 'api', taskDefinition: rollout.revision.id });
  });
});

describe('a new task definition (S5.1)', () => {
  it('has the image by digest in the named container, our tag, and everything else as it was', async () => {
    const { begin, definition } = await town({ sidecar: true });
    const { before, rollout } = await begin('good');
    const [was, is] = [await definition(before.revision), await definition(rollout.revision)];
    expect(is.taskDefinition?.containerDefinitions?.map(({ image }) => image)).toEqual([
      `${REPOSITORY}@${digestOf('good')}`,
      `${REPOSITORY}:initial`,
    ]);
    expect(rollout.revision).toMatchObject({ digest: digestOf('good'), image: `${REPOSITORY}@${digestOf('good')}` });
    expect(is.tags).toEqual([{ key: DEPLOYMENT_TAG, value: 'd-1' }]);
    expect(is.taskDefinition?.cpu).toBe(was.taskDefinition?.cpu);
  });

  it('has the image in each of several containers', async () => {
    const { begin, definition } = await town({ sidecar: true });
    const { rollout } = await begin('good', { config: { ...config, container: ['api', 'log'] } });
    const images = (await definition(rollout.revision)).taskDefinition?.containerDefinitions?.map(({ image }) => image);
    expect(images).toEqual([`${REPOSITORY}@${digestOf('good')}`, `${REPOSITORY}@${digestOf('good')}`]);
  });

  it('is a copy of the newest of the family where the catalogue says so', async () => {
    const { begin, definition, ecs } = await town();
    const portMappings = [{ containerPort: 8080 }];
    const containerDefinitions = [{ name: 'api', image: `${REPOSITORY}:better`, command: ['from-the-family'], portMappings }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'api', containerDefinitions }));
    const command = async (base: string) => {
      const { rollout } = await begin('good', { config: { ...config, base } });
      return (await definition(rollout.revision)).taskDefinition?.containerDefinitions?.[0]?.command;
    };
    expect(await command('service')).toBeUndefined();
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'api', containerDefinitions }));
    expect(await command('family')).toEqual(['from-the-family']);
  });

  it('is refused, naming the containers there are, if the container is not among them', async () => {
    const { fresh, job, made } = await town({ sidecar: true });
    const wrong = job('good', { config: { ...config, container: 'apo' } });
    const looked = await fresh().current(wrong);
    const before = looked.kind === 'current' ? { before: looked.current } : {};
    const answer = await fresh().start({ ...wrong, ...before });
    expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'container-missing', evidence: false } });
    expect(answer.kind === 'refused' && answer.failure.message).toContain('only "api", "log"');
    expect(made()).not.toContain('RegisterTaskDefinition');
  });
});

describe('a rollout that fails', () => {
  const phases = async (tag: string, setting: Parameters<typeof town>[0]) => {
    const around = await town(setting);
    const begun = await around.begin(tag);
    const seen = new Set<string>();
    for (let second = 0; second < 40; second += 1) {
      await around.clock.advance(1000);
      seen.add((await begun.observe()).phase);
    }
    return { ...around, ...begun, seen: [...seen] };
  };

  it('is "undone", not "completed", after the circuit breaker has rolled back', async () => {
    const { seen, observe, before, begun, fresh } = await phases('crashing', { breaker: true });
    expect(seen).toEqual(['in-progress', 'undoing', 'undone']);
    expect(await observe()).toMatchObject({ phase: 'undone', running: { id: before.revision.id } });
    expect(await fresh().restore(begun, before.revision)).toMatchObject({ kind: 'nothing', settled: true });
  });

  it('names the first stopped task, its exit code, and counts it against the image', async () => {
    const { observe } = await phases('crashing', { breaker: true });
    const failure = failureIn(await observe());
    expect(failure).toMatchObject({ code: 'ecs-rolled-back', evidence: true });
    expect(failure?.message).toContain('Essential container in task exited, exit code 1');
  });

  it('does not count an image that cannot be pulled against it', async () => {
    const around = await town();
    const image = { repository: REPOSITORY, digest: `sha256:${'0'.repeat(64)}`, platforms: [] };
    const { observe } = await around.begin('good', { image });
    await around.clock.advance(40_000);
    const failure = failureIn(await observe());
    expect(failure).toMatchObject({ code: 'ecs-rolled-back', evidence: false });
    expect(failure?.message).toContain('CannotPullContainerError');
  });

  it('tells that its tasks could not be read, if they could not, beside what ECS says', async () => {
    const { observe, on } = await phases('crashing', { breaker: true });
    on('ListTasks', { before: new AwsError('AccessDeniedException', 'no') });
    const failure = failureIn(await observe());
    expect(failure).toMatchObject({ code: 'ecs-rolled-back', evidence: false });
    expect(failure?.message).toMatch(/circuit breaker.*cannot read why tasks .* stopped/);
  });

  it('is undone by an alarm of ECS, which is evidence and is named', async () => {
    const { begin, setAlarm, clock } = await town({ alarm: 'api-5xx' });
    const { observe } = await begin('slow');
    setAlarm('api-5xx', 'ALARM');
    const undoing = await observe();
    expect(undoing).toMatchObject({ phase: 'undoing', failure: { code: 'ecs-alarm', evidence: true } });
    expect(failureIn(undoing)?.message).toContain('api-5xx');
    await clock.advance(20_000);
    const undone = await observe();
    expect(undone.phase).toBe('undone');
    // ECS has stopped our tasks by now, for want of work: that is no reason
    expect(failureIn(undone)?.message).not.toContain('stopped');
  });

  it('is not explained by tasks of an earlier one', async () => {
    const around = await town();
    await around.begin('crashing', { deployment: 'd-0' });
    await around.clock.advance(40_000);
    const image = { repository: REPOSITORY, digest: `sha256:${'0'.repeat(64)}`, platforms: [] };
    const { observe } = await around.begin('good', { image });
    await around.clock.advance(40_000);
    const failure = failureIn(await observe());
    expect(failure).toMatchObject({ code: 'ecs-rolled-back', evidence: false });
    expect(failure?.message).not.toContain('Essential container');
  });

  it('is undone by somebody who stops it, which is no evidence', async () => {
    const { begin, ecs, service, clock } = await town();
    const { observe, before } = await begin('slow');
    const serviceDeploymentArn = (await service())?.currentServiceDeployment;
    await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
    await clock.advance(20_000);
    expect(await observe()).toMatchObject({
      phase: 'undone',
      failure: { code: 'ecs-rolled-back', evidence: false },
      running: { id: before.revision.id },
    });
  });

  it('is "failed", and what runs is ours, where ECS stops trying without going back', async () => {
    const around = await town();
    const rollback = { deploymentCircuitBreaker: { enable: true, rollback: false } };
    await around.ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', deploymentConfiguration: rollback }));
    const { observe, rollout, fresh, begun, before } = { ...around, ...(await around.begin('crashing')) };
    await around.clock.advance(40_000);
    expect(await observe()).toMatchObject({
      phase: 'failed',
      failure: { code: 'ecs-failed', evidence: true },
      running: rollout.revision,
    });
    expect(await fresh().restore(begun, before.revision)).toMatchObject({ kind: 'called' });
  });

  it('is still in progress, for ever, without a circuit breaker', async () => {
    const { seen } = await phases('crashing', { breaker: false });
    expect(seen).toEqual(['in-progress']);
  });

  it('is watched, not restored, while ECS goes back by itself', async () => {
    const { begin, setAlarm, fresh } = await town({ alarm: 'api-5xx' });
    const { begun, before } = await begin('slow');
    setAlarm('api-5xx', 'ALARM');
    expect(await fresh().restore(begun, before.revision)).toEqual({ kind: 'watch' });
  });

  it('is found by a second start, though ECS has undone it by now', async () => {
    const { begin, clock, fresh, job, made } = await town();
    const { before, rollout } = await begin('crashing');
    await clock.advance(40_000);
    made();
    const again = await fresh().start({ ...job('crashing'), before, again: true });
    expect(again).toMatchObject({ kind: 'started', rollout: { revision: rollout.revision } });
    expect(made()).not.toContain('UpdateService');
    const found = again.kind === 'started' ? again.rollout : rollout;
    expect(await fresh().observe({ ...job('crashing'), before, rollout: found }, found)).toMatchObject({ phase: 'undone' });
  });
});

describe('the calls of a rollout that fails', () => {
  it('are declared too', async () => {
    const { begin, clock, fresh, job, setAlarm, made } = await town({ alarm: 'api-5xx' });
    const declared = ecsRolling.permissions(config, { account: '123456789012', region: 'eu-west-1' });
    const undeclared = (method: TargetMethod) =>
      made().filter((call) => !(declared[method] ?? []).some(({ actions }) => actions.includes(`ecs:${call}`)));
    const { begun, before, observe } = await begin('slow');
    setAlarm('api-5xx', 'ALARM');
    made();
    await fresh().restore(begun, before.revision);
    expect(undeclared('restore')).toEqual([]);
    await observe();
    await clock.advance(20_000);
    await observe();
    expect(undeclared('observe')).toEqual([]);
    await fresh().start({ ...job('slow'), before, again: true });
    expect(undeclared('start')).toEqual([]);
    await observe();
    expect(undeclared('current')).toContain('ListTasks');
  });
});

describe('a rollout that goes well', () => {
  it('is not completed before nothing else runs', async () => {
    const { begin, clock, on } = await town();
    const { observe, before } = await begin('good');
    await clock.advance(10_000);
    const lingering = { id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: before.revision.id };
    on('DescribeServices', {
      change: changed((service) => ({ ...service, deployments: [...(service['deployments'] as Answer[]), lingering] })),
    });
    expect(await observe()).toEqual({ phase: 'in-progress' });
  });

  it('is completed by its tasks where ECS tells no rollout state (Classic Load Balancer)', async () => {
    const { begin, clock, on } = await town();
    const { observe } = await begin('good');
    const stateless = changed(({ deployments, ...service }) => ({
      ...service,
      deployments: (deployments as Answer[]).map(({ rolloutState: _, ...deployment }) => deployment),
    }));
    on('DescribeServices', { change: stateless });
    expect(await observe()).toEqual({ phase: 'in-progress' });
    await clock.advance(10_000);
    expect(await observe()).toEqual({ phase: 'completed', desired: 1 });
  });

  it('tells that nothing was proven where no task is wanted', async () => {
    const { begin, clock } = await town({ desiredCount: 0 });
    const { observe } = await begin('good');
    await clock.advance(1000);
    expect(await observe()).toEqual({ phase: 'completed', desired: 0 });
  });
});

describe('what others change is theirs', () => {
  it('while it rolls out, and after it has completed', async () => {
    for (const seconds of [0, 10]) {
      const { begin, clock, takeOver, fresh, service, made } = await town();
      const { observe, begun, before } = await begin('good');
      await clock.advance(seconds * 1000);
      const theirs = await takeOver();
      made();
      expect(await observe()).toMatchObject({ phase: 'taken-over', running: { id: theirs, image: `${REPOSITORY}:better` } });
      expect(await fresh().restore(begun, before.revision)).toMatchObject({ kind: 'taken-over', running: { id: theirs } });
      expect(made()).not.toContain('UpdateService');
      expect((await service())?.taskDefinition).toBe(theirs);
    }
  });

  it('even if they go back to what ran before, while ECS was undoing ours', async () => {
    const { begin, setAlarm, ecs, clock } = await town({ alarm: 'api-5xx' });
    const { observe, before } = await begin('slow');
    setAlarm('api-5xx', 'ALARM');
    await ecs.send(
      new UpdateServiceCommand({ cluster: 'c', service: 'api', taskDefinition: before.revision.id, forceNewDeployment: true }),
    );
    await clock.advance(20_000);
    expect(await observe()).toMatchObject({ phase: 'taken-over', running: { id: before.revision.id } });
  });

  it('even if they roll out our own revision once more', async () => {
    const { begin, ecs, clock } = await town();
    const { observe, rollout } = await begin('slow');
    await clock.advance(2000);
    const taskDefinition = rollout.revision.id;
    await ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', taskDefinition, forceNewDeployment: true }));
    expect(await observe()).toMatchObject({ phase: 'taken-over', running: rollout.revision });
  });

  it('if they come between a look and a start that is begun again', async () => {
    const { fresh, job, takeOver, made } = await town();
    const looked = await fresh().current(job('good'));
    if (looked.kind === 'refused') throw new Error(looked.failure.message);
    const theirs = await takeOver();
    made();
    const answer = await fresh().start({ ...job('good'), before: looked.current, again: true });
    expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'taken-over' } });
    expect(answer.kind === 'refused' && answer.failure.message).toContain(theirs);
    expect(made()).not.toContain('UpdateService');
  });
});

describe('a destination', () => {
  it('that is inactive by now is registered again with its tags', async () => {
    const { begin, clock, ecs, fresh, definition } = await town();
    await begin('good', { deployment: 'd-0' });
    await clock.advance(10_000);
    const { begun, before } = await begin('better');
    await clock.advance(10_000);
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: before.revision.id }));
    const restored = await fresh().restore(begun, before.revision);
    if (restored.kind !== 'called') throw new Error(`restored: ${restored.kind}`);
    expect((await definition(restored.rollout.revision)).tags).toEqual([{ key: DEPLOYMENT_TAG, value: 'd-0' }]);
  });

  it('that does not exist any more is refused by its name', async () => {
    const { begin, fresh } = await town();
    const { begun, before } = await begin('good');
    const to = { ...before.revision, id: before.revision.id.replace('api:1', 'api:77') };
    const answer = await fresh().restore(begun, to);
    expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'task-definition-missing' } });
    expect(answer.kind === 'refused' && answer.failure.message).toContain('api:77');
  });

  it('replaces a rollout in the middle of failing, where ECS does not go back', async () => {
    const { begin, clock, fresh } = await town({ breaker: false });
    const { begun, before } = await begin('crashing');
    await clock.advance(5000);
    const restored = await fresh().restore(begun, before.revision);
    expect(restored).toMatchObject({ kind: 'called', rollout: { revision: { id: before.revision.id } } });
    await clock.advance(10_000);
    const back = restored.kind === 'called' ? restored.rollout : begun.rollout;
    expect(await fresh().observe({ ...begun, restore: back }, back)).toEqual({ phase: 'completed', desired: 1 });
  });

  it('replaces what ECS itself went back to, where that is another revision', async () => {
    const { begin, takeOver, clock, fresh, service } = await town();
    const first = (await service())?.taskDefinition;
    const unsettled = await takeOver();
    const { begun, before } = await begin('crashing');
    expect(before).toMatchObject({ settled: false, revision: { id: unsettled } });
    await clock.advance(40_000);
    expect((await service())?.taskDefinition).toBe(first);
    expect(await fresh().restore(begun, before.revision)).toMatchObject({ kind: 'called' });
  });

  it('replaces what a rollback leaves, of which only the revision is known', async () => {
    const { begin, clock, fresh, job } = await town();
    const { before, rollout } = await begin('good');
    await clock.advance(10_000);
    const left = { revision: rollout.revision, id: '', startedAt: clock.now() };
    const { image: _, ...rollback } = job('good', { deployment: 'r-1', rollout: left });
    expect(await fresh().restore(rollback, before.revision)).toMatchObject({ kind: 'called' });
  });

  it('is not called for where nothing was begun', async () => {
    const { fresh, job, made } = await town();
    const looked = await fresh().current(job('good'));
    if (looked.kind === 'refused') throw new Error(looked.failure.message);
    const before = looked.current;
    const elsewhere = { ...before.revision, id: before.revision.id.replace('api:1', 'api:0') };
    expect(await fresh().restore({ ...job('good'), before, again: true }, elsewhere)).toMatchObject({
      kind: 'nothing',
      settled: true,
      rollout: { revision: before.revision },
    });
    expect(made()).not.toContain('UpdateService');
  });
});

describe('a "no" of ECS is one sentence', () => {
  const refusedBy = async (action: string, error: AwsError) => {
    const { fresh, job, on } = await town();
    const looked = await fresh().current(job('good'));
    on(action, { before: error });
    const before = looked.kind === 'current' ? { before: looked.current } : {};
    const answer = await fresh().start({ ...job('good'), ...before });
    return answer.kind === 'refused' ? answer.failure : undefined;
  };

  // the form of the message: github.com/doctorray117/minecraft-ondemand/issues/53
  it('that names role, action and resource where the role may not', async () => {
    const arn = 'arn:aws:ecs:eu-west-1:123456789012:service/c/api';
    const message = `User: arn:aws:sts::123456789012:assumed-role/DeployRole/deploy is not authorized to perform: ecs:UpdateService on resource: ${arn} because no identity-based policy allows the ecs:UpdateService action`;
    const failure = await refusedBy('UpdateService', new AwsError('AccessDeniedException', message));
    expect(failure).toMatchObject({ code: 'access-denied', evidence: false });
    expect(failure?.message).toContain(`role DeployRole may not ecs:UpdateService on ${arn}`);
    expect(failure?.message).toContain('allow it in that role');
  });

  // the form of the message: github.com/aws/serverless-application-model/issues/2247
  it('that names "passRoles" where a role may not be passed', async () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/DeployRole/deploy is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/task because no identity-based policy allows the iam:PassRole action';
    const failure = await refusedBy('RegisterTaskDefinition', new AwsError('AccessDeniedException', message));
    expect(failure?.message).toContain('iam:PassRole on arn:aws:iam::123456789012:role/task');
    expect(failure?.message).toContain('"passRoles"');
  });

  it('that passes on what is wrong with a parameter, and of which call', async () => {
    const failure = await refusedBy(
      'UpdateService',
      new AwsError('InvalidParameterException', 'No Container Instances were found.'),
    );
    expect(failure).toMatchObject({ code: 'ecs-refused' });
    expect(failure?.message).toMatch(
      /^cannot roll out arn:.* to service "api" of cluster "c": No Container Instances were found\./,
    );
  });

  it('but a race of registrations is thrown: it is gone a moment later', async () => {
    const race = new AwsError(
      'ClientException',
      'Too many concurrent attempts to create a new revision of the specified family.',
    );
    await expect(refusedBy('RegisterTaskDefinition', race)).rejects.toThrow('Too many concurrent attempts');
  });

  it('but what is ECS’s own trouble is thrown', async () => {
    const trouble = new AwsError('ServerException', 'Service Unavailable. Please try again later.', { status: 500 });
    await expect(refusedBy('UpdateService', trouble)).rejects.toThrow('Service Unavailable');
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const { fresh, job, on } = await town();
    on('DescribeServices', { before: reset });
    await expect(fresh().current(job('good'))).rejects.toThrow('socket hang up');
  });

  it('for a service that another controller or strategy deploys', async () => {
    const { fresh, job, on } = await town();
    on('DescribeServices', { change: changed((service) => ({ ...service, deploymentController: { type: 'CODE_DEPLOY' } })) });
    const controller = await fresh().current(job('good'));
    expect(controller).toMatchObject({ kind: 'refused', failure: { code: 'service-not-ecs-rolling' } });
    expect(controller.kind === 'refused' && controller.failure.message).toContain('CODE_DEPLOY');
    on('DescribeServices', {
      change: changed((service) => ({ ...service, deploymentConfiguration: { strategy: 'BLUE_GREEN' } })),
    });
    const strategy = await fresh().current(job('good'));
    expect(strategy.kind === 'refused' && strategy.failure.message).toContain('BLUE_GREEN');
  });

  it('for a service that is being deleted; an observation of it is "gone"', async () => {
    const { begin, fresh, job, on, ecs } = await town();
    const { observe } = await begin('good');
    on('DescribeServices', { change: changed((service) => ({ ...service, status: 'DRAINING' })) });
    expect(await fresh().current(job('good'))).toMatchObject({ kind: 'refused', failure: { code: 'service-inactive' } });
    expect(await observe()).toMatchObject({ phase: 'gone', message: expect.stringContaining('DRAINING') });
    on('none', {});
    await ecs.send(new DeleteServiceCommand({ cluster: 'c', service: 'api', force: true }));
    expect(await observe()).toMatchObject({ phase: 'gone', message: expect.stringContaining('"api"') });
  });

  it('that fails an observation, since nobody can say that it goes well', async () => {
    const { begin, on } = await town();
    const { observe } = await begin('good');
    on('DescribeServices', {
      before: new AwsError('AccessDeniedException', 'User: x is not authorized to perform: ecs:DescribeServices'),
    });
    expect(await observe()).toMatchObject({ phase: 'failed', failure: { code: 'access-denied', evidence: false } });
  });
});
