import type { Action } from '../../service.ts';
import { clusterAnswer } from '../answers.ts';
import { ecsArn } from '../identifiers.ts';
import { invalid, nameIn, onlyKnown, texts } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

/** At most a hundred clusters (API reference, DescribeClusters). */
const MOST = 100;

export const describeClusters: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['clusters', 'include'], 'DescribeClusters');
  const asked = texts(input, 'clusters').length === 0 ? ['default'] : texts(input, 'clusters');
  if (asked.length > MOST) throw invalid(`Clusters cannot have more than ${MOST} entries.`);
  const names = asked.map((name) => nameIn(store, name));
  return {
    clusters: names.flatMap((name) => {
      const cluster = store.clusters.get(name);
      return cluster === undefined ? [] : [clusterAnswer(store, cluster)];
    }),
    failures: names
      .filter((name) => !store.clusters.has(name))
      .map((name) => ({ arn: ecsArn(store, `cluster/${name}`), reason: 'MISSING' })),
  };
};
