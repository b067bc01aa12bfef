import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelCommandCommand,
  CreateDocumentCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/clock.ts';
import { createCloud } from '../../../local/cloud.ts';
import { type Journal, openJournal } from '../../../local/data/journal.ts';
import { virtualNetwork } from '../../../local/network/virtual-network.ts';
import type { Host, Ran } from '../../../local/ports.ts';
import { randomFrom } from '../../../local/random.ts';
import { createRequestHandler } from '../../../local/request-handler.ts';

const idOf = (number: number): string => `i-0000000000000000${number}`;

const documentOf = (runCommand: readonly string[], parameters: object = {}, action = 'aws:runShellScript'): string =>
  JSON.stringify({ schemaVersion: '2.2', parameters, mainSteps: [{ action, name: 'deploy', inputs: { runCommand } }] });

/** Hosts that take `seconds` for whatever they are told, and answer with it; told `exit 3` they fail. */
const managed = async (seconds = 2, data?: Journal, clock = manualClock()) => {
  const online = new Set([1, 2, 3].map(idOf));
  const hosts = [1, 2, 3].map(
    (number): Host => ({
      ...{ id: idOf(number), name: `web-${number}`, tags: { Name: number === 3 ? 'db' : 'web' } },
      online: () => online.has(idOf(number)),
      run: ({ script, signal }) =>
        new Promise<Ran>((resolve) => {
          const exit = Number(/exit (\d+)/.exec(script)?.[1] ?? 0);
          clock.after(seconds * 1000, () => resolve({ exit, out: script, err: script }));
          signal.addEventListener('abort', () => resolve({ exit: 137, out: '', err: '' }), { once: true });
        }),
    }),
  );
  const cloud = await createCloud({
    ...(data === undefined ? {} : { data }),
    ...{ clock, hosts, random: randomFrom(2), network: virtualNetwork(clock), log: () => undefined },
    load: () => {
      throw new Error('there are no functions here');
    },
  });
  const ssm = new SSMClient({
    ...{ region: 'eu-west-1', endpoint: 'http://cloud.test', maxAttempts: 1 },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: createRequestHandler(cloud.handle),
  });
  const send = async (commands: readonly string[], more: Partial<SendCommandCommandInput> = {}) => {
    const InstanceIds = more.Targets === undefined ? [idOf(1)] : undefined;
    const input = { DocumentName: 'AWS-RunShellScript', InstanceIds, Parameters: { commands: [...commands] }, ...more };
    const { Command } = await ssm.send(new SendCommandCommand(input));
    return Command?.CommandId ?? '';
  };
  const invocation = (CommandId: string, number = 1) =>
    ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: idOf(number) }));
  const states = async (CommandId: string) => {
    const { CommandInvocations = [] } = await ssm.send(new ListCommandInvocationsCommand({ CommandId }));
    return CommandInvocations.map(({ StatusDetails }) => StatusDetails);
  };
  const command = async (CommandId: string) => (await ssm.send(new ListCommandsCommand({ CommandId }))).Commands?.[0];
  cloud.restore();
  return { clock, command, invocation, online, send, ssm, states, stop: cloud.stop };
};

// API reference of Systems Manager; User Guide, "Understanding command statuses"
describe('Run Command', () => {
  it('is kept: what has ended, what has not begun, and that a script ended with its machine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-commands-'));
    try {
      const journal = openJournal(folder);
      const first = await managed(20, journal);
      const done = await first.send(['exit 3']);
      await first.clock.advance(30_000);
      first.online.delete(idOf(2));
      const cut = await first.send(['one'], { InstanceIds: [idOf(1), idOf(2)] });
      await first.ssm.send(new CreateDocumentCommand({ Name: 'own-steps', Content: documentOf(['one']) }));
      await first.clock.advance(10_000);
      expect(await first.states(cut)).toEqual(['InProgress', 'Delayed']);
      await first.stop();
      journal.close();
      const data = openJournal(folder);
      const second = await managed(2, data, first.clock);
      expect(await second.invocation(done)).toMatchObject({ ResponseCode: 3, StandardErrorContent: 'exit 3' });
      expect(await second.invocation(cut)).toMatchObject({
        StatusDetails: 'Failed',
        StandardErrorContent: 'the local cloud was stopped while it ran',
      });
      await second.clock.advance(10_000);
      expect(await second.states(cut)).toEqual(['Failed', 'Success']);
      expect((await second.ssm.send(new DescribeDocumentCommand({ Name: 'own-steps' }))).Document?.Status).toBe('Active');
      const again = await second.send([], { DocumentName: 'own-steps', Parameters: {} });
      await second.clock.advance(10_000);
      expect(await second.states(again)).toEqual(['Success']);
      data.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is told late, goes on, and ends with the exit code', async () => {
    const { clock, command, invocation, send } = await managed();
    const id = await send(['echo hello']);
    await expect(invocation(id)).rejects.toMatchObject({ name: 'InvocationDoesNotExist' });
    await clock.advance(1000);
    expect(await invocation(id)).toMatchObject({ Status: 'InProgress', ResponseCode: -1 });
    await clock.advance(5000);
    expect(await invocation(id)).toMatchObject({ Status: 'Success', ResponseCode: 0, StandardOutputContent: 'echo hello' });
    expect(await command(id)).toMatchObject({ Status: 'Success', TargetCount: 1, CompletedCount: 1, ErrorCount: 0 });
    const failed = await send(['exit 3']);
    await clock.advance(5000);
    expect(await invocation(failed)).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 3 });
  });

  it('tells the first 24,000 characters of the output, 8,000 of the errors, and 2,500 in a list', async () => {
    const { clock, invocation, send, ssm } = await managed();
    const id = await send(['x'.repeat(30_000)]);
    await clock.advance(5000);
    const { StandardOutputContent, StandardErrorContent } = await invocation(id);
    expect([StandardOutputContent?.length, StandardErrorContent?.length]).toEqual([24_000, 8000]);
    const listed = await ssm.send(new ListCommandInvocationsCommand({ CommandId: id, Details: true }));
    expect(listed.CommandInvocations?.[0]?.CommandPlugins?.[0]?.Output).toHaveLength(2500);
  });

  it('waits for a host that is offline, until its time for delivery is over', async () => {
    const { clock, command, online, send, ssm, states } = await managed();
    online.delete(idOf(1));
    const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand({}));
    expect(InstanceInformationList.map(({ PingStatus }) => PingStatus)).toEqual(['ConnectionLost', 'Online', 'Online']);
    const late = await send(['true'], { TimeoutSeconds: 30 });
    await clock.advance(20_000);
    expect(await states(late)).toEqual(['Delayed']);
    await clock.advance(20_000);
    expect(await states(late)).toEqual(['DeliveryTimedOut']);
    expect(await command(late)).toMatchObject({ Status: 'TimedOut', ErrorCount: 0, DeliveryTimedOutCount: 1 });
    const again = await send(['true'], { TimeoutSeconds: 600 });
    await clock.advance(20_000);
    online.add(idOf(1));
    await clock.advance(20_000);
    expect(await states(again)).toEqual(['Success']);
  });

  it('ends what takes too long, and what is cancelled', async () => {
    const { clock, send, ssm, states } = await managed(60);
    const slow = await send(['true'], { Parameters: { commands: ['true'], executionTimeout: ['10'] } });
    await clock.advance(15_000);
    expect(await states(slow)).toEqual(['ExecutionTimedOut']);
    const unwanted = await send(['true']);
    await clock.advance(5000);
    await ssm.send(new CancelCommandCommand({ CommandId: unwanted }));
    await clock.advance(5000);
    expect(await states(unwanted)).toEqual(['Cancelled']);
  });

  it('goes to those with a tag, so many at once, and stops when too many have failed', async () => {
    const { clock, command, send, states } = await managed();
    const Targets = [{ Key: 'tag:Name', Values: ['web'] }];
    const id = await send(['exit 1'], { Targets, MaxConcurrency: '1', MaxErrors: '0' });
    await clock.advance(1000);
    expect(await states(id)).toEqual(['InProgress', 'Pending']);
    await clock.advance(10_000);
    expect(await states(id)).toEqual(['Failed', 'Terminated']);
    expect(await command(id)).toMatchObject({ Status: 'Failed', ErrorCount: 1 });
    const none = await send(['true'], { Targets: [{ Key: 'tag:Name', Values: ['nobody'] }] });
    expect(await command(none)).toMatchObject({ StatusDetails: 'NoInstancesInTag', TargetCount: 0 });
  });

  it('does not stop for a delivery that timed out: that is no error', async () => {
    const { clock, online, send, states } = await managed();
    online.delete(idOf(1));
    const ids = { InstanceIds: [idOf(1), idOf(2)], MaxConcurrency: '1', MaxErrors: '0', TimeoutSeconds: 60 };
    const id = await send(['true'], ids);
    await clock.advance(50_000);
    expect(await states(id)).toEqual(['Delayed', 'Pending']);
    await clock.advance(60_000);
    expect((await states(id))[0]).toBe('DeliveryTimedOut');
    expect((await states(id))[1]).not.toBe('Terminated');
  });

  it.each<readonly [string, Partial<SendCommandCommandInput>, string]>([
    ['a host that nobody manages', { InstanceIds: ['i-0000000000000000f'] }, 'InvalidInstanceId'],
    ['the same host twice', { InstanceIds: [idOf(1), idOf(1)] }, 'DuplicateInstanceId'],
    ['a document that is not there', { DocumentName: 'nothing' }, 'InvalidDocument'],
    ['a parameter that it does not have', { Parameters: { commands: ['true'], more: ['x'] } }, 'InvalidParameters'],
    ['no command', { Parameters: {} }, 'InvalidParameters'],
    ['a time for delivery of less than 30 s', { TimeoutSeconds: 29 }, 'ValidationException'],
    ['a comment of more than 100 characters', { Comment: 'x'.repeat(101) }, 'ValidationException'],
    ['more errors than all', { MaxErrors: '101%' }, 'ValidationException'],
    ['output to S3', { OutputS3BucketName: 'bucket' }, 'ValidationException'],
  ])('refuses %s', async (_, more, name) => {
    const { send } = await managed();
    await expect(send(['true'], more)).rejects.toMatchObject({ name });
  });

  it('takes a document of the team, which says what its parameters may be', async () => {
    const { clock, invocation, send, ssm } = await managed();
    const parameters = {
      Image: { type: 'String', allowedPattern: '^[a-z]+$' },
      Action: { type: 'String', allowedValues: ['deploy'], default: 'deploy' },
    };
    const content = (action: string) => documentOf(['deploy.sh {{ Action }} {{Image}}'], parameters, action);
    const create = (Name: string, action: string) =>
      ssm.send(new CreateDocumentCommand({ Name, Content: content(action), DocumentType: 'Command' }));
    await create('deploys', 'aws:runShellScript');
    await expect(create('deploys', 'aws:runShellScript')).rejects.toMatchObject({ name: 'DocumentAlreadyExists' });
    await expect(create('powers', 'aws:runPowerShellScript')).rejects.toMatchObject({ name: 'InvalidDocumentContent' });
    expect((await ssm.send(new DescribeDocumentCommand({ Name: 'deploys' }))).Document).toMatchObject({ Status: 'Active' });
    const id = await send([], { DocumentName: 'deploys', Parameters: { Image: ['shop'] } });
    await clock.advance(5000);
    expect((await invocation(id)).StandardOutputContent).toBe('deploy.sh deploy shop');
    for (const Parameters of [{ Image: ['shop; reboot'] }, { Image: ['shop'], Action: ['reboot'] }, {}])
      await expect(send([], { DocumentName: 'deploys', Parameters })).rejects.toMatchObject({ name: 'InvalidParameters' });
  });
});
