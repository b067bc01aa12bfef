import { ecrOf } from '../registries/image-reference.ts';
import type { CatalogueSource, SourcePromotion } from './generated/types.ts';

type Report = (path: readonly string[], message: string) => void;

/** What the schema cannot say of promotions, and of what deploys a service beside a request. */
export const reportPromotions = (source: CatalogueSource, report: Report): void => {
  for (const [environment, { services, promotion }] of Object.entries(source.environments)) {
    for (const [name, { deploy = 'on-request', repository, tags }] of Object.entries(services)) {
      const path = ['environments', environment, 'services', name];
      if (deploy !== 'on-request' && repository === undefined)
        report([...path, 'deploy'], `"${deploy}" needs "repository": which pushes or promotions are meant`);
      if (deploy !== 'on-request' && promotion === 'external')
        report(
          [...path, 'deploy'],
          `"${deploy}" beside "promotion: external" would deploy twice, for CI's push and for its request; choose one`,
        );
      if (tags !== undefined && deploy !== 'on-push') report([...path, 'tags'], 'counts with "deploy: on-push" alone');
      reportPattern(tags, [...path, 'tags'], report);
    }
  }
  const promotions = Object.entries(source.promotions ?? {});
  for (const [name, promotion] of promotions) reportPromotion(source, name, promotion, report);
  reportCircles(source, promotions, report);
};

const registryOf = ({ environments }: CatalogueSource, place: SourcePromotion['from']): string | undefined =>
  place.registry ?? environments[place.environment ?? '']?.registry;

const reportPromotion = (source: CatalogueSource, name: string, promotion: SourcePromotion, report: Report): void => {
  const { from, to, tags, gates } = promotion;
  const path = ['promotions', name];
  const known = Object.keys(source.environments);
  for (const [side, { environment }] of [
    ['from', from],
    ['to', to],
  ] as const)
    if (environment !== undefined && source.environments[environment] === undefined)
      report([...path, side, 'environment'], `there is no environment "${environment}"; there are: ${known.join(', ')}`);
  if (from.environment === undefined && from.registry === undefined)
    report([...path, 'from'], 'says neither "environment" nor "registry"');
  if (source.environments[to.environment]?.promotion === 'external')
    report([...path, 'to', 'environment'], `"${to.environment}" has "promotion: external": its team copies images there itself`);
  const registry = registryOf(source, from) ?? '';
  if (tags !== undefined && ecrOf(registry) === undefined)
    report([...path, 'tags'], `only pushes to Amazon ECR are told of, and "${registry}" is none; let CI put PromotionRequested`);
  if (gates?.scan !== undefined && ecrOf(registry) === undefined)
    report(
      [...path, 'gates', 'scan'],
      `only Amazon ECR tells of its scans, and "${registry}" is none; ask for evidence of kind scan`,
    );
  if (gates?.verified === true && from.environment === undefined)
    report([...path, 'gates', 'verified'], 'needs "from.environment": where the image has to be verified');
  reportPattern(tags, [...path, 'tags'], report);
};

const reportPattern = (pattern: string | undefined, path: readonly string[], report: Report): void => {
  if (pattern?.startsWith('^') !== true) return;
  try {
    new RegExp(pattern);
  } catch (error) {
    report(path, `is no regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** What is promoted by its tag alone must not come back to where it was: it would go round for ever. */
const reportCircles = (
  source: CatalogueSource,
  promotions: readonly (readonly [string, SourcePromotion])[],
  report: Report,
): void => {
  const place = (one: SourcePromotion['from']) => `${registryOf(source, one)}/${one.repository}`;
  const moves = promotions
    .filter(([, { tags }]) => tags !== undefined)
    .map(([name, { from, to }]) => ({ name, from: place(from), to: place(to) }));
  for (const { name, from, to } of moves) {
    const reached = new Set([to]);
    for (let before = 0; before < reached.size; ) {
      before = reached.size;
      for (const move of moves) if (reached.has(move.from)) reached.add(move.to);
    }
    if (reached.has(from))
      report(['promotions', name, 'tags'], `what it promotes comes back to ${from}, where its tag would promote it again`);
  }
};
