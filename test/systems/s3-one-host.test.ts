import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetCommandInvocationCommand, ListCommandsCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { composeHost } from '../../shared/targets/compose-host.ts';
import { NAME, startHosts } from '../scenarios/hosts.ts';

const WHERE = { account: '123456789012', region: 'eu-west-1' };

// The script itself, with real nginx and Docker: test/infrastructure/compose-host.
describe('one host (S3)', () => {
  it('is told by Run Command to run the script with an image, as it always was (S3.2)', async () => {
    const pipeline = await startHosts();
    await pipeline.deploy('better');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    const [command] = await pipeline.commands();
    expect(command).toMatchObject({ DocumentName: 'AWS-RunShellScript', Status: 'Success', TargetCount: 1 });
    expect(command?.Parameters?.['commands']?.[0]).toMatch(
      /^\/opt\/staging\/blue_green_deploy\.sh --expect sha256:[0-9a-f]{64} deploy \S+@sha256:[0-9a-f]{64}$/,
    );
  });

  it('goes back by the same script, at once (S3.3)', async () => {
    const pipeline = await startHosts();
    await pipeline.earnFirst('prod', NAME, 900);
    await pipeline.deploy('better');
    await pipeline.verdict(900);
    const asked = pipeline.clock.now();
    await pipeline.put('RollbackRequested', { environment: 'prod', service: NAME, reason: 'not what we wanted' });
    const { type } = await pipeline.verdict(900);
    expect(type).toBe('RollbackSucceeded');
    const back = (await pipeline.commands()).filter(({ Parameters }) => Parameters?.['commands']?.[0]?.includes(' rollback '));
    expect(back).toHaveLength(1);
    const seconds = ((back[0]?.RequestedDateTime?.getTime() ?? 0) - asked) / 1000;
    expect(seconds, 'from the request to the command').toBeLessThan(60);
    expect(await pipeline.serves()).toEqual(['good']);
  });

  it('takes that command from those who may send it, and nothing else from them (S3.4)', async () => {
    const pipeline = await startHosts({ hosts: 2 });
    const iam = new IAMClient(pipeline.access);
    const [one, two] = pipeline.machines.map(({ id }) => id);
    const config = { kind: 'compose-host', instances: [one ?? ''] };
    const statements = composeHost.permissions(config, WHERE).start;
    const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'sends',
        AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }),
      }),
    );
    const PolicyDocument = document(
      statements.map(({ actions, resources }) => ({ Effect: 'Allow', Action: actions, Resource: resources })),
    );
    await iam.send(new PutRolePolicyCommand({ RoleName: 'sends', PolicyName: 'sends', PolicyDocument }));
    const RoleArn = 'arn:aws:iam::123456789012:role/sends';
    const { Credentials } = await new STSClient(pipeline.access).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'ci' }));
    const credentials = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '' };
    const ssm = new SSMClient({ ...pipeline.access, credentials });
    pipeline.expected.refusals = true;
    const send = (instance = '', DocumentName = 'AWS-RunShellScript') =>
      ssm.send(
        new SendCommandCommand({
          DocumentName,
          InstanceIds: [instance],
          Parameters: { commands: ['/opt/staging/blue_green_deploy.sh status'] },
        }),
      );
    const { Command } = await send(one);
    await pipeline.clock.advance(5000);
    const asked = { CommandId: Command?.CommandId, InstanceId: one };
    const { StandardOutputContent } = await ssm.send(new GetCommandInvocationCommand(asked));
    expect(JSON.parse(StandardOutputContent ?? '')).toMatchObject({ what: 'status', answers: '200' });
    await expect(send(two)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(send(one, 'AWS-UpdateSSMAgent')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await ssm.send(new ListCommandsCommand({}));
  });

  it('tells why it failed: the last lines of the container, and what serves (S3.5)', async () => {
    const pipeline = await startHosts();
    await pipeline.earnFirst('prod', NAME, 900);
    await pipeline.deploy('crashing');
    const { detail } = await pipeline.verdict(1800);
    expect(detail.reason?.message).toMatch(/app_\w+ has ended with .*; app_\w+ serves as before\n.*it cannot go on/s);
    const [failed] = (await pipeline.commands()).filter(({ Status }) => Status === 'Failed');
    const asked = { CommandId: failed?.CommandId, InstanceId: pipeline.machines[0]?.id };
    const { StandardOutputContent, ResponseCode } = await pipeline.ssm.send(new GetCommandInvocationCommand(asked));
    expect(ResponseCode).toBe(23);
    expect(JSON.parse(StandardOutputContent ?? '')).toMatchObject({ phase: 'health', logs: 'it cannot go on' });
    await pipeline.run('status');
    await pipeline.clock.advance(5000);
    const { Commands: [look] = [] } = await pipeline.ssm.send(new ListCommandsCommand({}));
    const told = await pipeline.ssm.send(
      new GetCommandInvocationCommand({ CommandId: look?.CommandId, InstanceId: pipeline.machines[0]?.id }),
    );
    expect(JSON.parse(told.StandardOutputContent ?? ''), 'the active upstream').toMatchObject({ upstream: expect.any(String) });
  });
});
