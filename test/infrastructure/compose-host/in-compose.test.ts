import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, hasEngine, startEngine } from './engine.ts';
import { type Host, openHost, type Ran } from './host.ts';

describe.skipIf(!hasEngine)(
  "the script, where nginx is a Compose service (needs root and Debian's docker.io, docker-compose, nginx, docker-registry, busybox-static)",
  () => {
    let engine: Engine;
    let nginx = '';
    const images = new Map<string, string>();
    const image = (name: string): string => images.get(name) ?? '';
    const opened: Host[] = [];

    beforeAll(async () => {
      engine = await startEngine();
      nginx = await engine.nginx();
      for (const name of ['one', 'two']) images.set(name, await engine.image(name));
    }, 240_000);
    // What they check their health with would take the machine, host by host.
    afterEach(async () => {
      for (const host of opened.splice(0)) await host.close();
    });
    afterAll(async () => {
      await engine.stop();
    }, 60_000);

    /** Its end, told with all that it did where it is another. */
    const expectEnd = ({ exit, result, told }: Ran, wanted: number, more: object = {}): void => {
      expect(exit, told).toBe(wanted);
      expect(result).toMatchObject(more);
    };

    const open = async (): Promise<Host> => {
      const host = await openHost(engine, {}, nginx);
      opened.push(host);
      return host;
    };

    it('deploys by one colour after the other, and goes back', { timeout: 240_000 }, async () => {
      const host = await open();
      expectEnd(await host.run([image('one')]), 0, { what: 'deployed', colour: 'green' });
      expectEnd(await host.run([image('two')]), 0, { what: 'deployed', colour: 'blue' });
      expect(await host.serves()).toBe('two');
      expectEnd(await host.run(['rollback']), 0, { what: 'rolled-back' });
      expect(await host.serves()).toBe('one');
      const { result } = await host.run(['status']);
      expect(result).toMatchObject({ what: 'status', colour: 'green', upstream: 'green', linked: 'green', answers: '200' });
    });

    it('leaves what served, when the file of the other colour is broken', { timeout: 240_000 }, async () => {
      const host = await open();
      expectEnd(await host.run([image('one')]), 0);
      host.write('staging/nginx/upstream.blue.conf', 'upstream app { nonsense; }\n');
      expectEnd(await host.run([image('two')]), 30, {
        code: 'nginx-configuration',
        message: expect.stringContaining('nonsense'),
      });
      expect(await host.serves()).toBe('one');
    });

    it('says so, when the service is not there', { timeout: 120_000 }, async () => {
      const host = await open();
      host.set({ NGINX_SERVICE: 'proxy' });
      expectEnd(await host.run([image('one')]), 30, { message: expect.stringContaining('"proxy" runs') });
    });

    /** Debian has no plugin "compose": in its place stands what it would be asked for. */
    it('takes "docker compose" before docker-compose', { timeout: 240_000 }, async () => {
      const host = await open();
      const bin = join(host.folder, 'bin');
      mkdirSync(bin);
      const asked = join(host.folder, 'asked');
      const own = execFileSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim();
      const plugin = `#!/bin/sh\nif [ "$1" != compose ]; then exec ${own} "$@"; fi\nshift\necho "$*" >> ${asked}\nexec /usr/bin/docker-compose "$@"\n`;
      writeFileSync(join(bin, 'docker'), plugin);
      chmodSync(join(bin, 'docker'), 0o755);
      const ran = await host.run([image('one')], { PATH: `${bin}:${process.env['PATH']}` });
      expectEnd(ran, 0, { what: 'deployed' });
      expect(host.read('asked')).toMatch(/^version\n.* up -d --no-deps --no-build app_green$/ms);
    });
  },
);
