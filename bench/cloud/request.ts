import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { BenchService } from './services.ts';
import type { Heard, Subscriber } from './subscriber.ts';

/** Asks for a deployment, as CI does. Answers with its id on the bus, which the events of the deployment carry as their cause. */
export const requestDeployment = async (
  events: EventBridgeClient,
  { environment, name: service }: BenchService,
  image: string,
): Promise<string> => {
  const Detail = JSON.stringify({ environment, service, image });
  const { Entries = [] } = await events.send(
    new PutEventsCommand({ Entries: [{ EventBusName: 'switchyard', Source: 'bench', DetailType: 'DeployRequested', Detail }] }),
  );
  const id = Entries[0]?.EventId;
  if (id === undefined) throw new Error(`the request for ${service} was refused: ${Entries[0]?.ErrorMessage}`);
  return id;
};

const causeOf = ({ detail }: Heard): unknown => (detail['cause'] as Readonly<Record<string, unknown>> | undefined)?.['eventId'];

/** The verdict on a request. */
export const verdictOn = (subscriber: Subscriber, request: string, seconds: number): Promise<Heard> =>
  subscriber.first((event) => causeOf(event) === request && event.detail['terminal'] === true, seconds);

/** The first event of a request that is of this type. */
export const eventOf = (subscriber: Subscriber, request: string, type: string, seconds: number): Promise<Heard> =>
  subscriber.first((event) => causeOf(event) === request && event.type === type, seconds);

/** Every service gets its first verified revision, in turns of four: the environments of the functions are warm afterwards. */
export const deployFirst = async (
  events: EventBridgeClient,
  subscriber: Subscriber,
  services: readonly BenchService[],
): Promise<void> => {
  const left = [...services];
  const work = async () => {
    for (let service = left.shift(); service !== undefined; service = left.shift()) {
      const request = await requestDeployment(events, service, `${service.environment}:good`);
      const { type } = await verdictOn(subscriber, request, 120);
      if (type !== 'DeploymentSucceeded') throw new Error(`the first deployment of ${service.name} ended as ${type}`);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
};

/** The event of a request that tells why its first task stopped. */
export const reasonOf = (subscriber: Subscriber, request: string, seconds: number): Promise<Heard> =>
  subscriber.first((event) => causeOf(event) === request && event.detail['stopped'] !== undefined, seconds);
