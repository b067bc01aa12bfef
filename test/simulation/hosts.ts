import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { ListCommandsCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import type { ManualClock } from '../../local/clock.ts';
import { HOSTS } from '../../local/examples.ts';
import { type HostImage, virtualHost } from '../../local/hosts/virtual-host.ts';
import type { VirtualNetwork } from '../../local/network/virtual-network.ts';
import { ACCOUNT, REGION } from '../../local/service.ts';
import type { TargetSettings } from '../../shared/deployment/settings.ts';
import { desk } from './desk.ts';
import { IMAGES } from './images.ts';
import { PLACES, placeOf } from './places.ts';
import type { Step } from './plan.ts';
import type { Running } from './seen.ts';

const { ecr, ssm } = desk.clients;

const SCRIPT = '/opt/staging/blue_green_deploy.sh';

const hostOf = (service: string): string =>
  `mi-${String(PLACES.findIndex((place) => place.service === service) + 1).padStart(17, '0')}`;

export const hostTarget = (service: string): TargetSettings => ({ kind: 'compose-host', instances: [hostOf(service)] });

interface Sent {
  readonly InstanceIds?: readonly string[];
  readonly Comment?: string;
}

/** A look at a host is a command too, and changes nothing. */
const isLook = (comment = ''): boolean => / look( \S+)?$/.test(comment);

export const isHostChanged = (service: string, action: string, input: string): boolean =>
  service === 'ssm' && action === 'SendCommand' && !isLook((JSON.parse(input) as Sent).Comment);

/** The service that is on the host. */
export const hostIn = (input: string): string | undefined => {
  const [host] = (JSON.parse(input) as Sent).InstanceIds ?? [];
  return PLACES.find(({ service }) => hostOf(service) === host)?.service;
};

const referenceTo = (repository: string, digest: string): string =>
  `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${repository}@${digest}`;

/** What an image's labels make of a container on a host: one that ends by itself ends before it is healthy. */
const behaviourOf = (labels: Readonly<Record<string, string>> = {}): HostImage => {
  const fails = labels['switchyard.local.fails-after-seconds'];
  return {
    healthy: labels['switchyard.local.health'] === undefined,
    exits: labels['switchyard.local.exit-code'] !== undefined,
    ...(fails === undefined ? {} : { failsAfterSeconds: Number(fails) }),
  };
};

/** A host for each place, with the script modelled in virtual time. */
export const simulatedHosts = (clock: ManualClock, network: VirtualNetwork) => {
  const images = new Map<string, HostImage>();
  const hosts = PLACES.slice(0, 2).map(({ service, repository }) => ({
    service,
    repository,
    machine: virtualHost({ clock, id: hostOf(service), name: service, image: (reference) => images.get(reference) }),
  }));
  /** They run `initial`. */
  const install = async (): Promise<void> => {
    for (const { service, repository: repositoryName, machine } of hosts) {
      const { imageDetails = [] } = await ecr
        .send(new DescribeImagesCommand({ repositoryName }))
        .catch(() => ({ imageDetails: [] }));
      for (const { imageDigest = '', imageTags = [] } of imageDetails) {
        const found = IMAGES[repositoryName]?.find(({ tags }) => tags.some((tag) => imageTags.includes(tag)));
        const reference = referenceTo(repositoryName, imageDigest);
        images.set(reference, behaviourOf(found?.labels));
        if (imageTags.includes('initial')) machine.install(reference);
      }
      network.serve(HOSTS, service, machine.app);
    }
  };
  return { machines: hosts.map(({ machine }) => machine), install };
};

const isUnderWay = (status = ''): boolean => ['Pending', 'InProgress', 'Delayed', 'Cancelling'].includes(status);

/** What a host serves, asked at its front, and what Systems Manager was told. */
export const runningOnHost = async (place: number, fetch: typeof globalThis.fetch): Promise<Running> => {
  const { service } = placeOf(place);
  const address = `http://${service}.${HOSTS}.test/`;
  const { image = '' } = (await (await fetch(address)).json()) as { readonly image?: string };
  const { Commands = [] } = await ssm.send(new ListCommandsCommand({ InstanceId: hostOf(service), MaxResults: 50 }));
  const changing = Commands.filter(({ Comment }) => !isLook(Comment));
  return {
    place,
    digest: image.split('@')[1],
    steady: !changing.some(({ Status }) => isUnderWay(Status)),
    rolledOut: changing.flatMap(({ Comment = '' }) => /^switchyard (\S+) start /.exec(Comment)?.[1] ?? []),
  };
};

/** A person runs the script by the same way. */
export const changeHost = async ({ place, tag }: Extract<Step, { readonly do: 'by-hand' }>): Promise<void> => {
  const { service, repository: repositoryName } = placeOf(place);
  const { imageDetails: [image] = [] } = await ecr.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: tag }] }),
  );
  const commands = [`${SCRIPT} deploy ${referenceTo(repositoryName, image?.imageDigest ?? '')}`];
  await ssm.send(
    new SendCommandCommand({ DocumentName: 'AWS-RunShellScript', InstanceIds: [hostOf(service)], Parameters: { commands } }),
  );
};
