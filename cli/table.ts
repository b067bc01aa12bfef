import type { Deployment, Lane, Service } from '../shared/deployment/types.ts';
import type { OutboxEntry } from '../shared/store/commit.ts';
import type { AuditRecord, PastRequest, Reader } from '../shared/store/reader.ts';
import type { Connection } from './connection.ts';
import { doing } from './errors.ts';

/** What is known of one request: its deployment with the record of each step, or the answer that refused it. */
export interface Known {
  readonly deployment: Deployment | undefined;
  readonly audit: readonly AuditRecord[];
  readonly rejection: OutboxEntry | undefined;
}

/** The table of the installation, read through `shared/store`. */
export interface Table {
  readonly known: (id: string) => Promise<Known>;
  readonly promotion: Reader['promotion'];
  readonly history: (place: { environment: string; name: string }, limit: number) => Promise<readonly PastRequest[]>;
  readonly deployments: (ids: readonly string[]) => Promise<readonly Deployment[]>;
  readonly services: (places: readonly { environment: string; name: string }[]) => Promise<readonly Service[]>;
  readonly lanes: (names: readonly string[]) => Promise<readonly Lane[]>;
}

export const tableOf = (connection: Connection): Table => {
  const reader = async (): Promise<Reader> => {
    const { createReader } = await import('../shared/store/reader.ts');
    return createReader({ client: await connection.dynamodb(), TableName: connection.name });
  };
  const reading = <T>(work: (reader: Reader) => Promise<T>): Promise<T> =>
    doing(`read the table of ${connection.place}`, async () => work(await reader()));
  return {
    known: (id) => reading(async (from) => from.known(id)),
    promotion: (id) => reading(async (from) => from.promotion(id)),
    history: ({ environment, name }, limit) => reading(async (from) => from.history({ environment, service: name }, limit)),
    deployments: (ids) => reading(async (from) => from.deployments(ids)),
    services: (places) => reading(async (from) => from.services(places)),
    lanes: (names) => reading(async (from) => from.lanes(names)),
  };
};
