import type { Action } from '../../service.ts';
import { revisionAnswer } from '../answers.ts';
import { invalid, onlyKnown, texts } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const describeServiceRevisions: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['serviceRevisionArns'], 'DescribeServiceRevisions');
  const arns = texts(input, 'serviceRevisionArns');
  if (arns.length === 0 || arns.length > 20) throw invalid('serviceRevisionArns must have 1 to 20 entries.');
  const all = [...store.services.values()].flatMap(({ revisions }) => revisions);
  const found = arns.map((arn) => ({ arn, revision: all.find((revision) => revision.arn === arn) }));
  return {
    serviceRevisions: found.flatMap(({ revision }) => (revision === undefined ? [] : [revisionAnswer(revision)])),
    failures: found.filter(({ revision }) => revision === undefined).map(({ arn }) => ({ arn, reason: 'MISSING' })),
  };
};
