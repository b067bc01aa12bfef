import { readFile } from 'node:fs/promises';
import { templateIn } from '../../local/packaging.ts';
import { ACCOUNT, REGION } from '../../local/service.ts';
import { readTemplate } from '../../local/stack/template.ts';
import { readCatalogue } from '../../shared/catalogue/load.ts';
import { referencesOf, resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import type { Package } from './world.ts';

/** What was packaged into the folder, of the project's own catalogue. */
export const readPackage = async (folder: string): Promise<Package> => {
  const read = readCatalogue(await readFile(new URL('../../switchyard.yml', import.meta.url), 'utf8'));
  if ('problems' in read) throw new Error('the catalogue of the project is not valid');
  const catalogue = resolveCatalogue(read.source, { account: ACCOUNT, region: REGION });
  return { folder, template: await readTemplate(templateIn(folder)), catalogue, referenceNames: referencesOf(read.source) };
};
