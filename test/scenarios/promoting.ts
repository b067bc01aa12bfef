import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { rolesFor } from '../../scripts/stack/roles.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { formatProblems, readCatalogue } from '../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { type PackagedTemplate, type PipelineOptions, startPipeline, type Told } from './pipeline.ts';

const HERE = { account: '123456789012', region: 'eu-west-1' };

/** The project's catalogue with other promotions, or changed in another way, as somebody would write it. */
const catalogueWith = (
  change: (source: Record<string, unknown>) => void,
): { readonly catalogue: Catalogue; readonly text: string } => {
  const source = parse(readFileSync(new URL('../../switchyard.yml', import.meta.url), 'utf8'));
  change(source);
  const text = JSON.stringify(source);
  const read = readCatalogue(text);
  if ('problems' in read) throw new Error(formatProblems('switchyard.yml', read.problems));
  return { catalogue: resolveCatalogue(read.source, HERE), text };
};

/** A pipeline with these promotions, whose promote function may do what they need: packaged anew, as it would be. */
export const startPromoting = async (
  promotions: Readonly<Record<string, object>>,
  { services = ['adit-service-preprod', 'adit-service-prod'], ...options }: PipelineOptions = {},
  change: (source: Record<string, unknown>) => void = () => undefined,
) => {
  const { catalogue, text } = catalogueWith((source) => {
    source['promotions'] = promotions;
    change(source);
  });
  const role = rolesFor(catalogue).Resources['PromoteRole'];
  const packaged = (template: PackagedTemplate): PackagedTemplate => ({
    Resources: { ...template.Resources, PromoteRole: role as PackagedTemplate['Resources'][string] },
  });
  const pipeline = await startPipeline({
    ...options,
    services,
    packaged,
    mistaken: () => ({ ...catalogue, services: catalogue.services.filter(({ name }) => services.includes(name)) }),
  });
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
