import { compile } from 'json-p3';
import type { TargetSettings } from '../deployment/settings.ts';
import schema from './generated/defaults.json' with { type: 'json' };
import type { CatalogueSource, SourceEnvironment, SourceSettings, SourceSmokeTest, SourceTarget } from './generated/types.ts';
import { filled, type Names } from './sites.ts';

/** How long a rollout of a target takes by its own plan. */
export type LeastSeconds = (target: TargetSettings) => number;

type Report = (path: readonly string[], message: string) => void;

const OF_REQUESTS = ['testUrl', 'method', 'headers', 'body', 'expect'] as const;

/** What the schema cannot say of checks. */
export const reportChecks = (source: CatalogueSource, leastSeconds: LeastSeconds, report: Report): void => {
  reportOwn(filled(source.defaults, { ...SOMEWHERE, site: 'site' }), ['defaults'], report);
  for (const [environment, entry] of Object.entries(source.environments)) {
    const spots = entry.sites === undefined ? [SOMEWHERE] : Object.keys(entry.sites).map((site) => ({ ...SOMEWHERE, site }));
    for (const spot of spots) reportEnvironment(source, environment, filled(entry, spot), leastSeconds, report);
  }
};

/** What is said of a text does not depend on which account and region it is in. */
const SOMEWHERE: Names = { region: 'region', account: '123456789012' };

const reportEnvironment = (
  source: CatalogueSource,
  environment: string,
  entry: SourceEnvironment,
  leastSeconds: LeastSeconds,
  report: Report,
): void => {
  reportOwn(entry.defaults, ['environments', environment, 'defaults'], report);
  for (const [name, service] of Object.entries(entry.services)) {
    const path = ['environments', environment, 'services', name];
    reportOwn(service, path, report);
    const settings: SourceSettings = { ...source.defaults, ...entry.defaults, ...service };
    reportPause(settings, service.target, path, report);
    reportTime(settings, leastSeconds({ ...service.target }), path, report);
  }
};

const reportUrl = (url: string | undefined, path: readonly string[], report: Report): void => {
  const wrong = url === undefined ? undefined : urlProblem(url);
  if (wrong !== undefined) report(path, wrong);
};

const REFERENCE = /\$\{([^}]*)\}?/g;

const urlProblem = (url: string): string | undefined => {
  for (const [whole, inside = ''] of url.matchAll(REFERENCE)) {
    if (!whole.endsWith('}')) return `"${whole}" is not closed; write \${env:NAME}`;
    if (!/^env:[A-Za-z_][A-Za-z0-9_]*$/.test(inside))
      return `the reference "${whole}" is not known; allowed: \${env:NAME}, and \${site}, \${region}, \${account} of "sites"`;
  }
  const address = url.startsWith('${') ? url.replace(REFERENCE, 'http://reference') : url.replace(REFERENCE, 'reference');
  return /^https?:\/\//.test(address) && URL.canParse(address) ? undefined : 'is no http or https address';
};

const reportOwn = (settings: SourceSettings = {}, path: readonly string[], report: Report): void => {
  reportUrl(settings.health?.url, [...path, 'health', 'url'], report);
  reportUrl(settings.health?.testUrl, [...path, 'health', 'testUrl'], report);
  reportSmoke(settings, path, report);
};

const reportSmoke = ({ smoke }: SourceSettings, path: readonly string[], report: Report): void => {
  const names = new Set<string>();
  for (const [index, test] of (smoke?.tests ?? []).entries()) {
    const where = [...path, 'smoke', 'tests', String(index)];
    if (names.has(test.name)) report([...where, 'name'], `another test is called "${test.name}" too; choose another name`);
    names.add(test.name);
    reportTest(test, where, report);
  }
};

const reportTest = (test: SourceSmokeTest, path: readonly string[], report: Report): void => {
  if ((test.url === undefined) === (test.function === undefined))
    report(path, `"${test.name}" has to have either "url" or "function"`);
  if (test.function !== undefined)
    for (const member of OF_REQUESTS)
      if (test[member] !== undefined) report([...path, member], 'counts for requests alone, and this test is a function');
  reportUrl(test.url, [...path, 'url'], report);
  reportUrl(test.testUrl, [...path, 'testUrl'], report);
  for (const jsonPath of Object.keys(test.expect?.json ?? {})) {
    try {
      compile(jsonPath);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      report([...path, 'expect', 'json'], `"${jsonPath}" is no JSON path: ${why}`);
    }
  }
};

/** A pause that nothing is checked at would let everything through; an address for test traffic that nobody has is never asked. */
const reportPause = ({ health, smoke }: SourceSettings, target: SourceTarget, path: readonly string[], report: Report): void => {
  const stage = 'pause' in target ? target.pause?.stage : undefined;
  const isBefore = stage !== undefined && stage !== 'POST_PRODUCTION_TRAFFIC_SHIFT';
  const ofTraffic = [health?.testUrl, ...(smoke?.tests ?? []).map(({ testUrl }) => testUrl)].some((url) => url !== undefined);
  const isChecked = isBefore
    ? ofTraffic || smoke?.tests.some((test) => test.function !== undefined) === true
    : health !== undefined || smoke !== undefined;
  if (stage !== undefined && !isChecked)
    report(
      [...path, 'target', 'pause'],
      `nothing would be checked at ${stage}; give ${isBefore ? '"health.testUrl", or "testUrl" of a smoke test' : '"health" or "smoke"'}`,
    );
  if (ofTraffic && !isBefore)
    report([...path, 'target'], '"testUrl" counts only where the target has a "pause" before production traffic');
};

/** A rollout that takes longer by its own plan would be rolled back each time. */
const reportTime = (
  { rolloutSeconds = schema.settings.rolloutSeconds }: SourceSettings,
  least: number,
  path: readonly string[],
  report: Report,
): void => {
  if (rolloutSeconds <= least)
    report(
      [...path, 'target'],
      `waits ${least} s by its own plan, and "rolloutSeconds" is ${rolloutSeconds}: give it more than that, for its tasks to start`,
    );
};
