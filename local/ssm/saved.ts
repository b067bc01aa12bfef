import type { Command } from './commands.ts';
import { type Document, readDocument } from './documents.ts';
import { goOn, stopped } from './running.ts';
import type { SsmStore } from './store.ts';

interface Saved extends Pick<SsmStore, 'parameters' | 'commands'> {
  readonly documents: readonly Omit<Document, 'work'>[];
}

export const saveSsm = ({ parameters, commands, documents }: SsmStore): Saved => ({
  parameters,
  commands,
  documents: [...documents.values()].map(({ work: _, ...document }) => document),
});

/** A script that ran ended with the process that it ran in; what no host had taken is told to it still. */
export const loadSsm = (store: SsmStore, { parameters, commands, documents }: Saved): void => {
  for (const [name, parameter] of parameters) store.parameters.set(name, parameter);
  for (const { name, content, format, createdAt } of documents)
    store.documents.set(name, readDocument(name, content, format, createdAt));
  for (const [id, command] of commands) {
    store.commands.set(id, command);
    resume(store, command);
  }
};

const resume = (store: SsmStore, command: Command): void => {
  for (const invocation of command.invocations) if (invocation.startedAt !== undefined) stopped(store, command, invocation);
  goOn(store, command);
};
