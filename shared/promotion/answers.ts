import type { Catalogue } from '../catalogue/catalogue.ts';
import type { PromotionStore } from '../store/promotions.ts';
import type { Store } from '../store/store.ts';
import type { Registries } from './registries.ts';
import type { GateAnswer, Promotion } from './types.ts';

/** Why a gate is not passed: stable words, each with its line of `docs/errors.md`. @public */
export const GATE_ERRORS = {
  'commit-unknown': 'The promotion tags with the commit, and neither the request nor the tag says it.',
  'evidence-failed': 'The evidence for this digest says that it did not pass.',
  'evidence-missing': 'Evidence that the promotion asks for was not recorded for this digest in time.',
  'gates-unanswered': 'The gates could not be asked in time; the message says what was in the way.',
  'not-signed': 'No signature of cosign or notation is attached to the image.',
  'not-verified': 'The image was not verified in the environment that it comes from.',
  'promotion-superseded': 'A promotion that was asked for later has the tag.',
  'scan-failed': 'The registry could not scan the image.',
  'scan-findings': 'The scan found something as severe as the promotion does not allow.',
  'scan-missing': 'The image was not scanned in time.',
  'scan-unsupported': 'Only Amazon ECR tells of its scans.',
  'tag-taken': 'The tag names another image at the destination, and the promotion does not overwrite.',
  'version-unknown': 'The tag at the destination cannot be made: the image was named by its digest alone.',
} as const;

export const pass = (what: string): GateAnswer => ({ says: 'pass', what });
export const wait = (code: keyof typeof GATE_ERRORS, message: string): GateAnswer => ({
  says: 'wait',
  reason: { code, message },
});
export const no = (code: keyof typeof GATE_ERRORS, message: string): GateAnswer => ({ says: 'no', reason: { code, message } });

/** What gates look at. */
export interface GateTools {
  readonly catalogue: Catalogue;
  readonly store: Pick<Store, 'service'>;
  readonly promotions: Pick<PromotionStore<Promotion>, 'ofDigest' | 'claim' | 'promotion'>;
  readonly registries: Registries;
}

export const nameOf = ({ rule, digest }: Promotion): string => `${rule.from.registry}/${rule.from.repository}@${digest}`;
