import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type PipelineOptions, startPipeline, type Told } from './pipeline.ts';

/** The project's catalogue, changed as somebody would write it. */
export const catalogueWith = (change: (source: Record<string, unknown>) => void): string => {
  const source = parse(readFileSync(new URL('../../switchyard.yml', import.meta.url), 'utf8'));
  change(source);
  return JSON.stringify(source);
};

/** A pipeline with these promotions, whose promote function may do what they need: packaged anew, as it would be. */
export const startPromoting = async (
  promotions: Readonly<Record<string, object>>,
  { services = ['adit-service-preprod', 'adit-service-prod'], ...options }: PipelineOptions = {},
  change: (source: Record<string, unknown>) => void = () => undefined,
) => {
  const text = catalogueWith((source) => {
    source['promotions'] = promotions;
    change(source);
  });
  const pipeline = await startPipeline({ ...options, services, catalogue: text });
  const isEnd = ({ type }: Told): boolean => type === 'PromotionCompleted' || type === 'PromotionFailed';
  let read = 0;
  return {
    ...pipeline,
    /** Of `switchyard.yml`. */
    text,
    /** The next promotion that has ended. */
    promoted: async (most = 300): Promise<Told> => {
      const ends = () => pipeline.told.filter(isEnd);
      await pipeline.until((event) => isEnd(event) && ends().indexOf(event) === read, most);
      const found = ends()[read];
      read += 1;
      if (found === undefined) throw new Error('no promotion has ended');
      return found;
    },
  };
};
