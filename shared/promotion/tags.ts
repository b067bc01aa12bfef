import { type GateTools, nameOf, no, pass } from './answers.ts';
import type { GateAnswer, Promotion } from './types.ts';
import { nextPatch } from './versions.ts';

/** The commit in short, as seven digits: of the request, or of a tag that is one (S3.1). */
export const shortCommit = ({ asked, reference }: Pick<Promotion, 'asked' | 'reference'>): string | undefined =>
  /^(?:sha-)?([0-9a-f]{7})[0-9a-f]{0,33}$/.exec(asked.commit ?? reference)?.[1];

/** The tag at the destination, and whether it may be put. */
interface TagAnswer {
  readonly answer: GateAnswer;
  readonly tag?: string;
  /** The promotion that had the tag, and has failed. */
  readonly dead?: string;
}

/** The tag at the destination, which no other image may have. */
export const tagFor = async (tools: GateTools, promotion: Promotion): Promise<TagAnswer> => {
  const { rule, asked } = promotion;
  const { to } = rule;
  const registry = await tools.registries.open(to);
  if (asked.tag === undefined && rule.version === 'next-patch')
    return nextFree(tools, promotion, await registry.tags(to.repository));
  const tag = asked.tag ?? (promotion.reference.startsWith('sha256:') ? undefined : promotion.reference);
  if (tag === undefined)
    return {
      answer: no('version-unknown', `${nameOf(promotion)} was named by its digest alone; say "tag", or name it by its tag`),
    };
  const there = await registry.headManifest(to.repository, tag);
  if (there !== undefined && there !== promotion.digest && !rule.overwrite)
    return {
      answer: no(
        'tag-taken',
        `${to.registry}/${to.repository}:${tag} is ${there} already, and ${rule.name} does not overwrite; choose another tag`,
      ),
    };
  const claim = await tools.promotions.claim({ repository: `${to.registry}/${to.repository}`, tag });
  if (claim === undefined || claim.digest === promotion.digest || claim.promotion === promotion.id)
    return { tag, answer: pass(`the tag ${tag} is free`) };
  if (rule.overwrite)
    return claim.time <= promotion.cause.time
      ? { tag, answer: pass(`the tag ${tag} moves`) }
      : {
          answer: no(
            'promotion-superseded',
            `promotion ${claim.promotion}, which was asked for later, has ${to.repository}:${tag}`,
          ),
        };
  const holder = await tools.promotions.promotion(claim.promotion);
  if (holder?.state === 'failed') return { tag, dead: claim.promotion, answer: pass(`the tag ${tag} is free`) };
  return {
    answer: no('tag-taken', `promotion ${claim.promotion} has ${to.repository}:${tag} for another image; choose another tag`),
  };
};

/** The next patch that nobody has, or is about to have. */
const nextFree = async (tools: GateTools, promotion: Promotion, tags: readonly string[]): Promise<TagAnswer> => {
  const { to } = promotion.rule;
  const taken = [...tags];
  for (;;) {
    const tag = nextPatch(taken);
    const claim = await tools.promotions.claim({ repository: `${to.registry}/${to.repository}`, tag });
    if (claim === undefined || claim.promotion === promotion.id) return { tag, answer: pass(`the next version is ${tag}`) };
    const holder = await tools.promotions.promotion(claim.promotion);
    if (holder?.state === 'failed') return { tag, dead: claim.promotion, answer: pass(`the next version is ${tag}`) };
    taken.push(tag);
  }
};
