import type { PromotionRule } from '../catalogue/catalogue.ts';
import type { RegistryClient } from '../registries/client.ts';
import { copyImage } from '../registries/copying.ts';
import { CopyRefusal } from '../registries/refusal.ts';
import type { PromotionStore } from '../store/promotions.ts';
import type { Registries } from './registries.ts';
import { shortCommit } from './tags.ts';
import type { CopyResult, Promotion, PromotionInput } from './types.ts';

export interface CopyTools {
  readonly promotions: Pick<PromotionStore<Promotion>, 'progress' | 'saveProgress' | 'claimTag' | 'claim'>;
  readonly registries: Registries;
  readonly now: () => number;
  /** Milliseconds since the epoch: nothing is begun from then on. */
  readonly until: number;
}

/** Copies the image, its version's tag last, then moves the others. It may be called again after any end. Throws a refusal. */
export const copy = async (tools: CopyTools, promotion: Promotion): Promise<PromotionInput> => {
  const { promotions, registries, now, until } = tools;
  const { id, rule, digest, tag = '' } = promotion;
  const [from, to] = await Promise.all([registries.open(rule.from), registries.open(rule.to)]);
  const uploads = await promotions.progress(id);
  const copied = await copyImage(
    {
      from: { registry: from, repository: rule.from.repository, reference: digest },
      to: { registry: to, repository: rule.to.repository, tag },
      ...(uploads === undefined ? {} : { progress: { uploads } }),
    },
    { until, now, save: (progress) => promotions.saveProgress(id, progress) },
  );
  if (!copied.done) {
    await promotions.saveProgress(id, copied.progress);
    return { kind: 'interrupted', bytes: copied.bytes };
  }
  const { bytes, referrers } = copied;
  return { kind: 'copied', result: { bytes, referrers, ...(await moveTags(tools, promotion, to)) } };
};

const tagsOf = (promotion: Promotion): readonly string[] =>
  promotion.rule.also.map((name) => (name === 'sha' ? `sha-${shortCommit(promotion)}` : name));

const repositoryOf = ({ to }: PromotionRule): string => `${to.registry}/${to.repository}`;

/** What the version's tag names by now, and which of the other tags came along: the image that was asked for last has those that move. */
const moveTags = async (
  tools: CopyTools,
  promotion: Promotion,
  to: RegistryClient,
): Promise<Pick<CopyResult, 'toDigest' | 'tags' | 'kept'>> => {
  const { rule, tag = '' } = promotion;
  if (rule.overwrite) await follow(tools, promotion, to, tag);
  const tags: string[] = [];
  const kept: string[] = [];
  for (const name of tagsOf(promotion)) ((await move(tools, promotion, to, name)) ? tags : kept).push(name);
  const toDigest = (await to.headManifest(rule.to.repository, promotion.digest)) ?? '';
  return { toDigest, tags, kept };
};

/** Answers whether it moved: a tag stays with an image that was asked for later, and where the repository does not let it move. */
const move = async (tools: CopyTools, promotion: Promotion, to: RegistryClient, tag: string): Promise<boolean> => {
  const { id, rule, digest, cause } = promotion;
  const claim = { repository: repositoryOf(rule), tag, digest, promotion: id, time: cause.time };
  if (!(await tools.promotions.claimTag(claim))) return false;
  try {
    await point(to, rule.to.repository, tag, digest);
  } catch (error) {
    if (error instanceof CopyRefusal && error.code === 'tag-immutable') return false;
    throw error;
  }
  return (await follow(tools, promotion, to, tag)) === digest;
};

/** Two that move a tag at once may write in any order: whoever writes looks who has it, and lets it name that one. */
const follow = async (tools: CopyTools, promotion: Promotion, to: RegistryClient, tag: string): Promise<string> => {
  const { rule, digest } = promotion;
  const claim = await tools.promotions.claim({ repository: repositoryOf(rule), tag });
  if (claim === undefined || claim.digest === digest) return digest;
  await point(to, rule.to.repository, tag, claim.digest);
  return claim.digest;
};

const point = async (registry: RegistryClient, repository: string, tag: string, digest: string): Promise<void> => {
  if ((await registry.headManifest(repository, tag)) === digest) return;
  const manifest = await registry.getManifest(repository, digest);
  // It was claimed before it was copied: whoever copies it points the tag there afterwards.
  if (manifest !== undefined) await registry.putManifest(repository, tag, manifest);
};
