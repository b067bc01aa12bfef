import type { Permissions, Statement, Where } from '../target.ts';
import { type Config, isShell, planOf } from './config.ts';

const NO_RESOURCE = 'AWS knows no resource for it (Service Authorization Reference, AWS Systems Manager)';

const onInstances = ({ instances, tags = {} }: Config, { account, region }: Where): Statement => {
  const arn = (id: string) =>
    id.startsWith('mi-')
      ? `arn:aws:ssm:${region}:${account}:managed-instance/${id}`
      : `arn:aws:ec2:${region}:${account}:instance/${id}`;
  if (instances !== undefined) return { actions: ['ssm:SendCommand'], resources: instances.map(arn) };
  const having = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`ssm:resourceTag/${key}`, value]));
  return { actions: ['ssm:SendCommand'], resources: [arn('*'), arn('mi-*')], conditions: { StringEquals: having } };
};

/** AWS's own documents are no account's. */
const onDocument = (config: Config, { account, region }: Where): Statement => ({
  actions: ['ssm:SendCommand'],
  resources: [`arn:aws:ssm:${region}:${isShell(config) ? '' : account}:document/${planOf(config).document}`],
});

/** That document to those hosts, and nothing else (S3.4); a look is a command, too. */
export const hostPermissions = (config: Config, where: Where): Permissions => {
  const ask: readonly Statement[] = [
    onDocument(config, where),
    onInstances(config, where),
    {
      actions: ['ssm:DescribeInstanceInformation', 'ssm:GetCommandInvocation', 'ssm:ListCommandInvocations', 'ssm:ListCommands'],
      resources: ['*'],
      why: NO_RESOURCE,
    },
  ];
  return {
    current: ask,
    start: ask,
    observe: ask,
    restore: [...ask, { actions: ['ssm:CancelCommand'], resources: ['*'], why: NO_RESOURCE }],
  };
};
