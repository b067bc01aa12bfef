import type { Kind } from '../shared/deployment/types.ts';
import { deploymentId } from '../shared/events/identity.ts';
import type { Connection } from './connection.ts';
import { CliError, doing } from './errors.ts';

/** An event as it is put on the bus. */
export interface Put {
  readonly type: string;
  /** The `source` of the event. */
  readonly source: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A request that becomes a deployment, or ends one. */
export interface Request extends Put {
  readonly type: 'DeployRequested' | 'RollbackRequested' | 'DeploymentCancelRequested';
  readonly detail: Readonly<Record<string, unknown>> & { readonly environment: string; readonly service: string };
}

/** Members that are not there are left out. */
export const given = (members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== false));

/** Puts a request on the bus of the installation; answers its event's id. */
export const putRequest = async (connection: Connection, { type, source, detail }: Put): Promise<string> => {
  const bus = connection.name;
  const what = `put the request on the bus ${bus} (source ${source})`;
  return doing(what, async () => {
    const { PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
    const client = await connection.events();
    const entry = { EventBusName: bus, Source: source, DetailType: type, Detail: JSON.stringify(detail) };
    const { Entries: [answer] = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
    if (answer?.EventId !== undefined) return answer.EventId;
    throw new CliError('error', `cannot ${what}: ${answer?.ErrorCode}: ${answer?.ErrorMessage}`);
  });
};

/** The deployment that a request becomes, known before anybody has read it. */
export const idOf = async (connection: Connection, request: Request, eventId: string): Promise<string> => {
  const { account } = await connection.whoAmI();
  const { environment, service, requestId } = request.detail;
  const kind: Kind = request.type === 'RollbackRequested' ? 'rollback' : 'deploy';
  const key = { account, source: request.source, environment, service, kind };
  return deploymentId(typeof requestId === 'string' ? { ...key, requestId } : { ...key, eventId });
};
