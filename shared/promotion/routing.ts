import type { Catalogue, CatalogueService, PromotionRule } from '../catalogue/catalogue.ts';
import { fitsTags, promotionsFrom, servicesOnPromotion, servicesOnPush } from '../catalogue/lookup.ts';
import type { Reason } from '../deployment/observations.ts';
import type { QueueName } from '../deployment/types.ts';
import { FinalError } from '../errors.ts';
import type { Envelope } from '../events/envelope.ts';
import type { EcrImageAction, EvidenceRecorded, PromotionCompleted, PromotionRequested } from '../events/generated/types.ts';
import { SOURCE } from '../events/sources.ts';
import type { Message, Place } from '../messages.ts';
import { readImage } from './image.ts';

/** Why a request to promote concerns nobody: stable words, each with its line of `docs/errors.md`. @public */
export const ROUTE_ERRORS = {
  'promotion-ambiguous': 'Several promotions take the image there.',
  'promotion-external': 'The team copies images to that environment itself.',
  'unknown-promotion': 'No promotion takes the image there.',
} as const;

type EventMessage = Extract<Message, { event: unknown }>;

/** Whom an event concerns, or why a request concerns nobody. */
export type Routed =
  | { readonly messages: readonly EventMessage[] }
  | { readonly reason: Reason; readonly known: readonly string[] };

/** For one promotion, in the group of the environment that it goes to. */
const toPromotion = (event: Envelope, { name, to: { environment } }: PromotionRule): EventMessage => ({
  event,
  places: [{ environment, service: name, lane: environment }],
  function: 'promote',
  promotion: name,
});

/** One message for each environment. */
const toServices = (event: Envelope, name: QueueName, services: readonly CatalogueService[]): readonly EventMessage[] =>
  [...new Set(services.map(({ environment }) => environment))].flatMap((environment) => {
    const there = services.filter((service) => service.environment === environment);
    const [first, ...others] = there.map((service): Place => ({ environment, service: service.name, lane: service.lane }));
    return first === undefined ? [] : [{ event, places: [first, ...others], function: name } as const];
  });

/** Where an ECR event happened, as images are named. */
export const registryOf = ({ account, region }: Envelope): string => `${account}.dkr.ecr.${region}.amazonaws.com`;

/** Of a push without a tag nothing is promoted or deployed. */
const ofPush = (catalogue: Catalogue, event: Envelope): readonly EventMessage[] => {
  const { 'repository-name': repository, 'image-tag': tag = '' } = event.detail as unknown as EcrImageAction;
  if (tag === '') return [];
  const rules = promotionsFrom(catalogue, registryOf(event), repository).filter(
    ({ tags }) => tags !== undefined && fitsTags(tags, tag),
  );
  const services = servicesOnPush(catalogue, registryOf(event), repository, tag);
  return [...rules.map((rule) => toPromotion(event, rule)), ...toServices(event, 'promote', services)];
};

/** Whoever waits for the scan looks at once. One message is enough, it concerns the digest. */
const ofScan = (catalogue: Catalogue, event: Envelope): readonly EventMessage[] => {
  // Amazon Inspector says the repository's ARN (Inspector User Guide, "Amazon EventBridge event schema"), ECR its name.
  const repository = String(event.detail['repository-name']).replace(/^arn:[^/]*\//, '');
  return promotionsFrom(catalogue, registryOf(event), repository)
    .filter(({ gates }) => gates.scan !== undefined)
    .slice(0, 1)
    .map((rule) => toPromotion(event, rule));
};

const ofPromoted = (catalogue: Catalogue, event: Envelope): readonly EventMessage[] => {
  const { environment, to } = event.detail as unknown as PromotionCompleted;
  if (event.source !== SOURCE) return [];
  return servicesOnPromotion(catalogue, environment, to.registry, to.repository).flatMap((service) =>
    toServices(event, 'deploy', [service]),
  );
};

/** Whether an image's name means the repository that the promotion takes its images from. */
const isOfRule = (image: string, { from }: PromotionRule): boolean => !('problem' in readImage(image, from));

const ofRequest = ({ promotions, external }: Catalogue, event: Envelope): Routed => {
  const { image, to, from } = event.detail as unknown as PromotionRequested;
  const there = promotions.filter((rule) => rule.to.environment === to);
  const known = there.map(({ name, from: place }) => `${name} (${place.registry}/${place.repository})`);
  const [rule, ...others] = there.filter((one) => (from === undefined || one.from.environment === from) && isOfRule(image, one));
  if (rule !== undefined && others.length === 0) return { messages: [toPromotion(event, rule)] };
  const no = (code: keyof typeof ROUTE_ERRORS, message: string): Routed => ({ reason: { code, message }, known });
  if (rule !== undefined)
    return no(
      'promotion-ambiguous',
      `"${image}" goes to ${to} by several promotions: ${[rule, ...others].map(({ name }) => name).join(', ')}; say "from"`,
    );
  if (external.includes(to))
    return no('promotion-external', `the team copies images to ${to} itself (promotion: external); ask for the deployment alone`);
  const destinations = [...new Set(promotions.map((one) => one.to.environment))].join(', ') || 'nowhere';
  return no(
    'unknown-promotion',
    there.length === 0
      ? `the catalogue promotes nothing to "${to}"; it does to: ${destinations}`
      : `no promotion to ${to} takes "${image}"; there are: ${known.join(', ')}`,
  );
};

/** Evidence is of an image: the first promotion that takes images from its repository finds out which. */
const ofEvidence = ({ promotions }: Catalogue, event: Envelope): readonly EventMessage[] => {
  const { image, environment } = event.detail as unknown as EvidenceRecorded;
  const rule = promotions.find(
    (one) => (environment === undefined || one.from.environment === environment) && isOfRule(image, one),
  );
  if (rule !== undefined) return [toPromotion(event, rule)];
  const known = promotions.map(({ from }) => `${from.registry}/${from.repository}`).join(', ');
  throw new FinalError(
    'evidence-unreadable',
    `cannot keep evidence for "${image}": no promotion takes images from its repository; there are: ${known}`,
  );
};

/**
 * Who has to see an event that is about images. AWS's own counts for the registry of its account and region, ours only from `account`.
 * Throws a final error for evidence of an image that nobody promotes.
 */
export const promotionRoutes = (catalogue: Catalogue, account: string, event: Envelope): Routed => {
  const type = event['detail-type'];
  if (type === 'PromotionRequested') return ofRequest(catalogue, event);
  if (type === 'EvidenceRecorded') return { messages: ofEvidence(catalogue, event) };
  switch (type) {
    case 'ECR Image Action':
      return { messages: ofPush(catalogue, event) };
    case 'ECR Image Scan':
    case 'Inspector2 Scan':
      return { messages: ofScan(catalogue, event) };
    case 'PromotionCompleted':
      return { messages: event.account === account ? ofPromoted(catalogue, event) : [] };
    default:
      return { messages: [] };
  }
};
