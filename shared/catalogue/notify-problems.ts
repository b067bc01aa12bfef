import type { CatalogueSource, SourceNotify } from './generated/types.ts';

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

const reportOne = ({ webhooks }: SourceNotify = {}, path: readonly string[], report: Report): void => {
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
