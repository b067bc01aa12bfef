import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SCRIPT } from './host.ts';

const folder = new URL('../../../infrastructure/compose-host/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const SHELLCHECK = '/usr/bin/shellcheck';

/** `[$PULL]=pull`, with the number that `PULL=20` gives it. */
const codesIn = (script: string): readonly string[] =>
  [...script.matchAll(/\[\$([A-Z_]+)\]=([a-z-]+)/g)].map(([, name, word]) => {
    const number = new RegExp(`\\b${name}=(\\d+)`).exec(script)?.[1];
    return `${number} ${word}`;
  });

const documented = (readme: string): readonly string[] =>
  [...readme.matchAll(/^\| (\d+) \| `([a-z-]+)` \|/gm)].map(([, number, word]) => `${number} ${word}`);

describe("the script's answers", () => {
  it('are all in its README, and no other', () => {
    const codes = codesIn(read('blue_green_deploy.sh'));
    expect(codes.length).toBeGreaterThan(10);
    expect(documented(read('README.md')).toSorted()).toEqual([...codes, '0 done'].toSorted());
  });

  it('that miss one are found', () => {
    expect(codesIn('PULL=20 START=22\n[$PULL]=pull [$START]=start')).toEqual(['20 pull', '22 start']);
    expect(documented('| 20 | `pull` | |\n')).toEqual(['20 pull']);
  });
});

describe('the document that runs the script (S3.4)', () => {
  const { parameters } = parse(read('document.yml'));
  const takes = (name: string, value: string): boolean => new RegExp(parameters[name].allowedPattern).test(value);
  const DIGEST = `sha256:${'a'.repeat(64)}`;

  it('takes an image by digest, and nothing that a shell would read', () => {
    for (const image of [
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@${DIGEST}`,
      `localhost:5000/a/b@${DIGEST}`,
      DIGEST,
      '',
    ])
      expect(takes('Image', image), image).toBe(true);
    for (const image of [
      'shop:latest',
      '$(reboot)',
      `shop@${DIGEST}; reboot`,
      `shop@${DIGEST}\nreboot`,
      `-x@${DIGEST}`,
      `'@${DIGEST}`,
    ])
      expect(takes('Image', image), image).toBe(false);
    expect([takes('Expect', `none,${DIGEST}`), takes('Expect', ''), takes('Expect', "'; reboot")]).toEqual([true, true, false]);
    expect([takes('executionTimeout', '1800'), takes('executionTimeout', '1 reboot')]).toEqual([true, false]);
    expect(parameters.Action.allowedValues).toEqual(['deploy', 'rollback', 'status']);
  });
});

describe.skipIf(!existsSync(SHELLCHECK))("the script (needs Debian's shellcheck)", () => {
  const check = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const child = execFile(SHELLCHECK, ['--shell=bash', '-'], (_, stdout) => resolve(stdout));
      child.stdin?.end(text);
    });

  it('passes, and a mistake in it does not', async () => {
    expect(await check(read('blue_green_deploy.sh'))).toBe('');
    expect(await check(`${read('blue_green_deploy.sh')}\nrm -rf $destination/*\n`)).toContain('SC2086');
  });

  it('is one that may be run', async () => {
    const { stdout } = await promisify(execFile)(SCRIPT, ['--nothing']).catch((error: { stdout: string }) => error);
    expect(JSON.parse(stdout)).toMatchObject({ what: 'failed', code: 'usage' });
  });
});
