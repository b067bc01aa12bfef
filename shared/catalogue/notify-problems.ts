import type { CatalogueSource, SourceGithub, SourceNotify, SourceSlack } from './generated/types.ts';

type Report = (path: readonly string[], message: string) => void;

/** What the schema cannot say of notifications. */
export const reportNotify = ({ notify, environments }: CatalogueSource, report: Report): void => {
  reportOne(notify, ['notify'], report);
  for (const [environment, entry] of Object.entries(environments)) {
    const path = ['environments', environment];
    reportOne(entry.notify, [...path, 'notify'], report);
    for (const [service, { notify: own }] of Object.entries(entry.services))
      reportOne(own, [...path, 'services', service, 'notify'], report);
  }
};

const reportOne = ({ slack, github, webhooks, links }: SourceNotify = {}, path: readonly string[], report: Report): void => {
  if (slack !== undefined && slack !== false) reportSlack(slack, [...path, 'slack'], report);
  for (const [name, address] of Object.entries(links === false ? {} : (links ?? {}))) {
    const wrong = addressProblem(address);
    if (wrong !== undefined) report([...path, 'links', name], wrong);
  }
  if (github !== undefined && github !== false) reportGitHub(github, [...path, 'github'], report);
  if (webhooks === undefined || webhooks === false) return;
  const names = new Set<string>();
  for (const [index, { name, url }] of webhooks.entries()) {
    const where = [...path, 'webhooks', String(index)];
    if (names.has(name)) report([...where, 'name'], `another webhook is called "${name}" too; choose another name`);
    names.add(name);
    const wrong = addressProblem(url);
    if (wrong !== undefined) report([...where, 'url'], wrong);
  }
};

const reportSlack = ({ channel, token, webhook, events }: SourceSlack, path: readonly string[], report: Report): void => {
  if (webhook === undefined) {
    if (channel === undefined || token === undefined) report(path, 'needs "channel" and "token", or "webhook" alone');
    return;
  }
  if (channel !== undefined || token !== undefined)
    report([...path, 'webhook'], 'has its own channel: leave out "channel" and "token", or "webhook"');
  if (events === 'all')
    report(
      [...path, 'events'],
      'a webhook\'s message cannot be changed later: "verdicts" or "failures", or "channel" and "token"',
    );
};

const reportGitHub = (github: SourceGithub, path: readonly string[], report: Report): void => {
  const { app, token, report: shown, deployments, issues, apiUrl } = github;
  if ((app === undefined) === (token === undefined)) report(path, 'needs "app" or "token", and not both');
  if (shown === 'check-run' && app === undefined)
    report([...path, 'report'], 'check runs are made by an App alone: "commit-status", or an "app" instead of the "token"');
  const without = (key: keyof SourceGithub, of: string) => {
    if (github[key] !== undefined) report([...path, key], `changes nothing, since "${of}" is false; leave one of them out`);
  };
  if (deployments === false) for (const key of ['environment', 'production', 'transient'] as const) without(key, 'deployments');
  if (issues === false) without('labels', 'issues');
  const wrong = apiUrl === undefined ? undefined : addressProblem(apiUrl);
  if (wrong !== undefined) report([...path, 'apiUrl'], wrong);
};

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Whole references are looked at when the function has their values. */
const addressProblem = (url: string): string | undefined => {
  for (const [whole] of url.matchAll(/\$\{[^}]*\}?/g))
    if (!/^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/.test(whole)) return `the reference "${whole}" is not known; allowed: \${env:NAME}`;
  if (url.startsWith('${')) return undefined;
  return isSafeAddress(url.replace(/\$\{[^}]*\}/g, 'reference'))
    ? undefined
    : 'must be an https address, without user and password; http is for this machine alone';
};

/** Whether events may be posted there. */
export const isSafeAddress = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
};
