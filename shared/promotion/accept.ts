import { causeOf } from '../arrivals.ts';
import type { PromotionRule } from '../catalogue/catalogue.ts';
import type { Reason } from '../deployment/observations.ts';
import type { Envelope } from '../events/envelope.ts';
import { fingerprint, promotionId } from '../events/identity.ts';
import { CopyRefusal } from '../registries/refusal.ts';
import { readImage } from './image.ts';
import type { Registries } from './registries.ts';
import type { AskedPromotion, Promotion } from './types.ts';

/** Beside what the event says: how long the function that reads it may take until somebody else looks, in milliseconds. */
const FIRST_LOOK = 120_000;

/** A request to promote by a rule, as it is when it was just read. */
export const promotionOf = (
  event: Envelope,
  rule: PromotionRule,
  asked: AskedPromotion,
  image: { readonly reference: string; readonly digest: string },
  now: number,
): Promotion => {
  const cause = causeOf(event, now);
  return {
    id: idOf(event, rule, asked, now),
    rule,
    state: 'waiting',
    asked,
    fingerprint: fingerprint({ ...asked }),
    cause,
    reference: image.reference,
    digest: image.digest,
    acceptedAt: now,
    waitUntil: now + rule.waitSeconds * 1000,
    bytes: { moved: 0, mounted: 0, already: 0 },
    troubles: 0,
    sequence: 0,
    unsent: [],
    wakeAt: now + FIRST_LOOK,
    wakeNumber: 0,
    version: 0,
  };
};

export const idOf = (event: Envelope, rule: Pick<PromotionRule, 'name'>, { requestId }: AskedPromotion, now: number): string => {
  const { account, source, eventId } = causeOf(event, now);
  return promotionId({ account, source, rule: rule.name, ...(requestId === undefined ? { eventId } : { requestId }) });
};

/** What the name of an image means now, in the registry that the rule takes it from. */
export const findImage = async (
  registries: Registries,
  { from }: PromotionRule,
  image: string,
): Promise<{ readonly reference: string; readonly digest: string } | { readonly problem: Reason }> => {
  const parsed = readImage(image, from);
  if ('problem' in parsed) return parsed;
  const reference = parsed.tag ?? parsed.digest ?? '';
  try {
    const registry = await registries.open(from);
    const digest = await registry.headManifest(from.repository, parsed.digest ?? reference);
    if (digest !== undefined) return { reference, digest };
    return {
      problem: {
        code: 'image-not-found',
        message: `${from.registry}/${from.repository} has no image ${parsed.digest ?? reference}; push it, or correct its name`,
      },
    };
  } catch (error) {
    if (!(error instanceof CopyRefusal)) throw error;
    return { problem: { code: error.code, message: error.message } };
  }
};
