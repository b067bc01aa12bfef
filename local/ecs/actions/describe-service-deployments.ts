import type { Action } from '../../service.ts';
import { recordAnswer } from '../answers.ts';
import { invalid, onlyKnown, texts } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const describeServiceDeployments: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['serviceDeploymentArns'], 'DescribeServiceDeployments');
  const arns = texts(input, 'serviceDeploymentArns');
  if (arns.length === 0 || arns.length > 20) throw invalid('serviceDeploymentArns must have 1 to 20 entries.');
  const all = [...store.services.values()].flatMap(({ records }) => records);
  const found = arns.map((arn) => ({ arn, record: all.find((record) => record.arn === arn) }));
  return {
    serviceDeployments: found.flatMap(({ record }) => (record === undefined ? [] : [recordAnswer(store, record)])),
    failures: found.filter(({ record }) => record === undefined).map(({ arn }) => ({ arn, reason: 'MISSING' })),
  };
};
