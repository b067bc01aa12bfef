import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, hasEngine, startEngine } from './engine.ts';
import { type Host, openHost, SCRIPT } from './host.ts';

/** Every nth line that is reached; each of them (an hour) with SWITCHYARD_EVERY_LINE=1. */
const STEP = process.env['SWITCHYARD_EVERY_LINE'] === '1' ? 1 : 30;

/** Read by bash before the script (BASH_ENV): writes down each line before it is run, or kills the script at one. */
const BEFORE = [
  'set -o functrace',
  // On one line: a second one would count as the script's next.
  `trap 'AT=$LINENO; if ((BASH_SUBSHELL == 0)); then [[ -z \${LINES_TO:-} ]] || echo "$AT" >> "$LINES_TO"; [[ $AT != "\${KILL_AT:-}" ]] || kill -9 $$; fi' DEBUG`,
].join('\n');

describe.skipIf(!hasEngine)(
  "the script, killed at a line and run again (needs root and Debian's docker.io, docker-compose, nginx, docker-registry, busybox-static)",
  () => {
    let engine: Engine;
    let host: Host;
    const images: Record<string, string> = {};
    const unreached: string[] = [];

    beforeAll(async () => {
      engine = await startEngine();
      for (const name of ['one', 'two']) images[name] = await engine.image(name);
      host = await openHost(engine, { DRAIN_SECONDS: 2, LOCK_SECONDS: 30 });
      writeFileSync(join(host.folder, 'before.sh'), BEFORE);
    }, 120_000);
    afterAll(async () => {
      await host?.close();
      await engine?.stop();
    }, 60_000);

    const image = (name: string): string => images[name] ?? '';
    const digest = (name: string): string => image(name).split('@')[1] ?? '';
    const other = (name: string): string => (name === 'one' ? 'two' : 'one');

    /** As if that image had never been here. */
    const forget = (name: string): void => {
      rmSync(join(host.staging, 'migrated', digest(name).slice('sha256:'.length)), { force: true });
      mkdirSync(join(host.folder, 'db'), { recursive: true });
      host.write('db/log', '');
    };

    const traced = async (words: readonly string[]): Promise<readonly string[]> => {
      const to = join(host.folder, `lines-${words[0]?.slice(-8)}`);
      const { exit, told } = await host.run(words, { BASH_ENV: join(host.folder, 'before.sh'), LINES_TO: to });
      expect(exit, told).toBe(0);
      return [...new Set(readFileSync(to, 'utf8').trim().split('\n'))];
    };

    /** What serves is never nothing; the second run ends where one alone would have ended. */
    const killedAt = async (line: string, name: string, command: readonly string[]): Promise<void> => {
      const killed = await host.run([...command, image(name)], { BASH_ENV: join(host.folder, 'before.sh'), KILL_AT: line });
      // The image is on the host by then: it is not pulled again.
      if (killed.result !== undefined) unreached.push(line);
      expect(['one', 'two'], `after a death at line ${line}`).toContain(await host.serves());
      const { exit, result, told } = await host.run([...command, image(name)]);
      expect([exit, result?.digest, await host.serves()], `line ${line}: ${told}`).toEqual([0, digest(name), name]);
      const states = Object.values(await host.containers()).toSorted();
      expect(states, `line ${line}`).toEqual(['exited', 'running']);
      expect((await host.run(['status'])).result).toMatchObject({ digest: digest(name), answers: '200', busy: false });
    };

    it('deploys, and migrates once', { timeout: 3_600_000 }, async () => {
      expect((await host.run([image('one')])).exit).toBe(0);
      const lines = await traced([image('two')]);
      expect(lines.length).toBeGreaterThan(100);
      let name = 'one';
      for (let at = 0; at < lines.length; at += STEP) {
        const line = lines[at] ?? '';
        forget(name);
        await killedAt(line, name, []);
        expect(host.read('db/log'), `line ${line}`).toBe(`begin ${name}\nend ${name} 0\n`);
        name = other(name);
      }
      expect(unreached.length).toBeLessThan(lines.length / STEP / 8);
    });

    it('leaves no container of a migration that is on record', { timeout: 300_000 }, async () => {
      const serving = await host.serves();
      const name = other(serving);
      const lines = readFileSync(SCRIPT, 'utf8').split('\n');
      const recorded = lines.findIndex((line) => line.includes('settle_file "$record"')) + 1;
      forget(name);
      await killedAt(String(recorded + 1), name, []);
      expect(unreached).not.toContain(String(recorded + 1));
    });

    it('goes back', { timeout: 3_600_000 }, async () => {
      const running = await host.serves();
      const lines = await traced(['rollback']);
      let name = running;
      for (let at = 1; at < lines.length; at += STEP) {
        await killedAt(lines[at] ?? '', name, ['rollback']);
        name = other(name);
      }
    });
  },
);
