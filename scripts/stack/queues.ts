import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { notifiersIn, queueOf } from './subscribers.ts';

/** The queues of serverless.yml; a test compares them with the package, both ways. */
const QUEUES = ['Inbox', 'DeployQueue', 'VerifyQueue', 'RollbackQueue', 'PromoteQueue'] as const;

/** Every queue that is worked on, by its id in the template. */
export const queuesIn = (catalogue: Catalogue): readonly string[] => [...QUEUES, ...notifiersIn(catalogue).map(queueOf)];

/** Every queue of what could not be handled, or not be delivered. */
export const deadLettersIn = (catalogue: Catalogue): readonly string[] => [
  ...queuesIn(catalogue).map((queue) => `${queue.replace(/Queue$/, '')}DeadLetters`),
  'EventsDeadLetters',
];
