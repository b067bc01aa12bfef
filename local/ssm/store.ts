import { refuseOthers } from '../errors.ts';
import { arnAt, type Place } from '../place.ts';
import type { Basics, Host, ServiceEvents } from '../ports.ts';
import type { Command } from './commands.ts';
import { type Document, RUN_SHELL_SCRIPT } from './documents.ts';

/** One parameter, of which the newest version alone is kept. */
export interface Parameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface SsmStore extends Basics {
  readonly events: ServiceEvents;
  readonly parameters: Map<string, Parameter>;
  /** The machines that it manages, by their ids. */
  readonly hosts: ReadonlyMap<string, Host>;
  readonly documents: Map<string, Document>;
  /** By id, in the order in which they were sent. */
  readonly commands: Map<string, Command>;
}

export interface SsmOptions extends Basics {
  readonly events: ServiceEvents;
  readonly hosts?: readonly Host[] | undefined;
}

export const createSsmStore = ({ hosts = [], ...options }: SsmOptions): SsmStore => ({
  ...options,
  parameters: new Map(),
  hosts: new Map(hosts.map((host) => [host.id, host])),
  documents: new Map([[RUN_SHELL_SCRIPT.name, RUN_SHELL_SCRIPT]]),
  commands: new Map(),
});

/** `/a/b` and `a/b` are two parameters; in an ARN the first slash is there once. */
export const parameterArn = (place: Place, name: string): string => arnAt(place, 'ssm', `parameter/${name.replace(/^\//, '')}`);

/** As IAM and events name a host: a machine of one's own is Systems Manager's, another one EC2's. */
export const hostArn = (place: Place, id: string): string =>
  id.startsWith('mi-') ? arnAt(place, 'ssm', `managed-instance/${id}`) : arnAt(place, 'ec2', `instance/${id}`);

/** Refuses members that would be taken and ignored, by name. */
export const onlyKnown = refuseOthers('ValidationException');
