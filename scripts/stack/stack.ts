import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { formatProblems, readCatalogue } from '../../shared/catalogue/load.ts';
import { referencesOf, resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { leastSeconds } from '../../shared/targets/plans.ts';
import { registryFor } from './event-schemas.ts';
import { monitoringFor } from './monitoring.ts';
import { operatorFor } from './operator.ts';
import { rolesFor } from './roles.ts';
import { HERE, rulesFor } from './rules.ts';
import { functionsFor, queuesFor } from './subscribers.ts';

/** Without a stack, which the packager would print, and in which the problems would drown. */
const invalid = (message: string): Error => Object.assign(new Error(message), { stack: message });

const readSource = () => {
  const file = resolve(process.env['SWITCHYARD_CATALOGUE'] ?? fileURLToPath(new URL('../../switchyard.yml', import.meta.url)));
  const read = readCatalogue(readFileSync(file, 'utf8'), leastSeconds);
  if ('problems' in read) throw invalid(`the catalogue is not valid:\n${formatProblems(basename(file), read.problems)}`);
  return read.source;
};

const catalogue = (): Catalogue => resolveCatalogue(readSource(), HERE);

/** What every function is told; the catalogue's `${env:NAME}` come from the environment in which it is packaged. */
export const environment = (): Record<string, unknown> => ({
  SWITCHYARD_ACCOUNT: { Ref: 'AWS::AccountId' },
  SWITCHYARD_TABLE: { Ref: 'Table' },
  SWITCHYARD_BUS: { Ref: 'Bus' },
  SWITCHYARD_INBOX_URL: { Ref: 'Inbox' },
  SWITCHYARD_DEPLOY_URL: { Ref: 'DeployQueue' },
  SWITCHYARD_VERIFY_URL: { Ref: 'VerifyQueue' },
  SWITCHYARD_ROLLBACK_URL: { Ref: 'RollbackQueue' },
  SWITCHYARD_PROMOTE_URL: { Ref: 'PromoteQueue' },
  ...Object.fromEntries(referencesOf(readSource()).map((name) => [name, process.env[name] ?? ''])),
});

/** The names behind the catalogue's `${env:NAME}`. */
export const references = (): readonly string[] => referencesOf(readSource());

export const roles = () => rolesFor(catalogue());

export const rules = () => rulesFor(catalogue());

export const functions = () => functionsFor(catalogue());

export const subscribers = () => queuesFor(catalogue());

export const registry = () => registryFor();

export const monitoring = () => monitoringFor(catalogue());

export const operator = () => operatorFor(catalogue());
