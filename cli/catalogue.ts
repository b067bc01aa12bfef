import type { LeastSeconds } from '../shared/catalogue/check-problems.ts';
import type { CatalogueSource } from '../shared/catalogue/generated/types.ts';
import { didYouMean } from './command.ts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';

export interface Place {
  readonly environment: string;
  readonly name: string;
  readonly lane: string;
}

/** `--catalogue`, else what SWITCHYARD_CATALOGUE names, else `switchyard.yml` here. */
export const fileOf = (given: string | undefined, io: Io): string => given ?? io.env['SWITCHYARD_CATALOGUE'] ?? 'switchyard.yml';

/** Reads and checks it; problems are a usage error that names each with its line. */
export const readSource = async (file: string, io: Io, leastSeconds?: LeastSeconds): Promise<CatalogueSource> => {
  const text = await io.readFile(file).catch(() => {
    throw new CliError('usage', `cannot read the catalogue ${file}: give --catalogue <file>, or go to the folder that has it`);
  });
  const { formatProblems, readCatalogue } = await import('../shared/catalogue/load.ts');
  const read = readCatalogue(text, leastSeconds);
  if ('problems' in read) throw new CliError('usage', `the catalogue is not valid:\n${formatProblems(file, read.problems)}`);
  return read.source;
};

/** Every service of every environment. */
export const placesIn = ({ environments }: CatalogueSource): readonly Place[] =>
  Object.entries(environments).flatMap(([environment, { services, lane }]) =>
    Object.keys(services).map((name) => ({
      environment,
      name,
      lane: lane === 'service' ? `${environment}/${name}` : environment,
    })),
  );

/** Those that are asked for; a name that the catalogue does not have is a mistake. */
export const placesFor = (
  all: readonly Place[],
  environment: string | undefined,
  service: string | undefined,
): readonly Place[] => {
  const environments = [...new Set(all.map((place) => place.environment))];
  if (environment !== undefined && !environments.includes(environment))
    throw new CliError(
      'usage',
      `there is no environment "${environment}"${didYouMean(environment, environments)}; the catalogue knows ${environments.join(', ')}`,
    );
  const there = all.filter((place) => environment === undefined || place.environment === environment);
  const found = there.filter(({ name }) => service === undefined || name === service);
  if (found.length > 0 || service === undefined) return found;
  const names = [...new Set(there.map(({ name }) => name))];
  throw new CliError(
    'usage',
    `there is no service "${service}"${environment === undefined ? '' : ` in environment "${environment}"`}${didYouMean(service, names)}; the catalogue knows ${names.join(', ')}`,
  );
};

/** A typing mistake is found before anything is asked for, where the catalogue is at hand; without it the pipeline answers. */
export const checkNames = async (environment: string, service: string, given: string | undefined, io: Io): Promise<void> => {
  const file = fileOf(given, io);
  const isThere = await io.readFile(file).then(
    () => true,
    () => false,
  );
  if (isThere || given !== undefined) placesFor(placesIn(await readSource(file, io)), environment, service);
};
