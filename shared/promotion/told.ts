import type { Cause } from '../deployment/types.ts';
import { eventId } from '../events/identity.ts';
import { linksOf, told } from '../events/outcome.ts';
import type { AskedPromotion, Promotion } from './types.ts';

/** Of a request as far as it is known. */
interface Named {
  readonly id: string;
  readonly sequence: number;
  readonly environment: string;
  readonly asked: AskedPromotion;
  readonly cause: Cause;
}

/** What every event of a promotion carries, and what this one adds. */
export const detailOf = (
  { id, sequence, environment, asked, cause }: Named,
  at: number,
  extra: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  told('', {
    eventId: eventId(id, sequence),
    promotion: id,
    sequence,
    environment,
    at,
    asked,
    cause: { ...cause, time: new Date(cause.time).toISOString() },
    links: linksOf(asked),
    ...extra,
  }) as Readonly<Record<string, unknown>>;

export const toldOf = (
  promotion: Promotion,
  at: number,
  extra: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const { rule, reference, digest, tag } = promotion;
  return detailOf({ ...promotion, environment: rule.to.environment }, at, {
    rule: rule.name,
    from: {
      ...(rule.from.environment === undefined ? {} : { environment: rule.from.environment }),
      registry: rule.from.registry,
      repository: rule.from.repository,
      reference,
    },
    to: { registry: rule.to.registry, repository: rule.to.repository },
    ...(digest === '' ? {} : { digest }),
    ...(tag === undefined ? {} : { tag }),
    ...extra,
  });
};
