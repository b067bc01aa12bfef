import type { Failure } from '../../deployment/observations.ts';
import { refusal as refused } from '../refused.ts';

/** Why Systems Manager, or this target, says no: stable words, each with its line of `docs/errors.md`. @public */
export const HOST_REFUSALS = {
  'hosts-missing': 'No host has those tags, or one of those ids is not managed by Systems Manager.',
  'hosts-too-many': 'More hosts have those tags than one command reaches.',
  'host-offline': "A host's agent does not answer, or did not take the command in time.",
  'document-missing': 'There is no such document of Systems Manager, or it takes other parameters.',
  'command-refused': 'Systems Manager refuses the command as it stands; the message is its own.',
  'host-unreadable': 'A host does not say what runs there: the script is missing, or fails.',
  'nothing-to-go-back-to': 'Nothing ran on the hosts before, or something else on each of them.',
} as const;

/** Why the script failed on a host: stable words, each with its line of `docs/errors.md`. @public */
export const HOST_FAILURES = {
  'host-configuration': 'Something is missing on the host, or nginx is broken there; nothing was changed.',
  'host-busy': 'Another deployment held the lock on the host.',
  'host-full': "The host's disk is full; nothing was changed.",
  'host-pull': 'The host could not pull the image.',
  'host-migration': 'The migration failed; no traffic was moved.',
  'host-unhealthy': 'The container ended, or did not become healthy; the one before serves.',
  'host-start': 'The container could not be started; the one before serves.',
  'host-switch': 'nginx did not send to the new container; it was sent back to the one before.',
  'host-stuck': 'nginx could not be sent back to the container before: look at the host.',
  'host-timed-out': 'The script took longer than "executionSeconds".',
  'host-not-delivered': 'The host did not take the command in time; it does not run it any more.',
  'host-stopped': 'Somebody cancelled the command, or an earlier host failed.',
  'host-script': 'The script ended without an answer, or in a way that it should not.',
} as const;

export type HostFailure = keyof typeof HOST_FAILURES;

export const refusal = (code: keyof typeof HOST_REFUSALS, message: string): Failure => refused(code, message);

const NOT_SENDABLE = ['InvalidDocument', 'InvalidDocumentVersion', 'InvalidParameters', 'DocumentLimitExceeded'];
const REFUSED = [
  'DuplicateInstanceId',
  'InvalidOutputFolder',
  'InvalidOutputLocation',
  'InvalidRole',
  'MaxDocumentSizeExceeded',
  'UnsupportedPlatformType',
  'ValidationException',
  'InvalidFilterKey',
  'InvalidFilter',
  'InvalidCommandId',
  'InvalidInstanceInformationFilterValue',
];

/** What SSM's "no" means; `undefined`: it may be different next time. */
export const refusalOf = (error: Error, doing: string): Failure | undefined => {
  if (error.name === 'InvalidInstanceId')
    return refusal(
      'host-offline',
      `cannot ${doing}: ${error.message || 'Systems Manager does not reach the host'}; start its agent, and let its role hold AmazonSSMManagedInstanceCore`,
    );
  if (NOT_SENDABLE.includes(error.name))
    return refusal(
      'document-missing',
      `cannot ${doing}: ${error.name}: ${error.message || 'there is no such document'}; create it, or correct "document"`,
    );
  if (REFUSED.includes(error.name)) return refusal('command-refused', `cannot ${doing}: ${error.name}: ${error.message}`);
  return undefined;
};
