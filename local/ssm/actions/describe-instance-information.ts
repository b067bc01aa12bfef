import { AwsError } from '../../errors.ts';
import { listOf, textOf, textsOf } from '../../iam/needs/need.ts';
import type { Host } from '../../ports.ts';
import type { Action } from '../../service.ts';
import { pageOf } from '../answers.ts';
import { onlyKnown, type SsmStore } from '../store.ts';

const pingOf = (host: Host): string => (host.online() ? 'Online' : 'ConnectionLost');

const fits = (host: Host, filter: Readonly<Record<string, unknown>>): boolean => {
  const [key, values] = [textOf(filter, 'Key'), textsOf(filter, 'Values')];
  if (key === 'InstanceIds') return values.includes(host.id);
  if (key === 'PingStatus') return values.includes(pingOf(host));
  if (key.startsWith('tag:')) return values.includes(host.tags[key.slice('tag:'.length)] ?? '');
  throw new AwsError('InvalidFilterKey', `the local cloud does not know the filter "${key}".`);
};

export const describeInstanceInformation: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['Filters', 'MaxResults', 'NextToken'], 'DescribeInstanceInformation');
  const filters = listOf(input, 'Filters');
  const found = [...store.hosts.values()].filter((host) => filters.every((filter) => fits(host, filter)));
  const { items, ...more } = pageOf(input, found);
  return {
    InstanceInformationList: items.map((host) => ({
      InstanceId: host.id,
      Name: host.name,
      ComputerName: host.name,
      PingStatus: pingOf(host),
      PlatformType: 'Linux',
      ResourceType: host.id.startsWith('mi-') ? 'ManagedInstance' : 'EC2Instance',
    })),
    ...more,
  };
};
