import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, hasEngine, startEngine } from './engine.ts';
import { type Host, openHost } from './host.ts';

describe.skipIf(!hasEngine)(
  "the script (needs root and Debian's docker.io, docker-compose, nginx, docker-registry, busybox-static)",
  { timeout: 180_000 },
  () => {
    let engine: Engine;
    const images: Record<string, string> = {};
    const hosts: Host[] = [];

    beforeAll(async () => {
      engine = await startEngine();
      for (const [name, behaviour] of Object.entries({
        one: {},
        two: {},
        three: {},
        sick: { healthy: false },
        dead: { exits: 7 },
        migrating: { migration: 3 },
      }))
        images[name] = await engine.image(name, behaviour);
    }, 120_000);
    // What they check their health with would take the machine, host by host.
    afterEach(async () => {
      for (const host of hosts.splice(0)) await host.close();
    });
    afterAll(async () => {
      await engine?.stop();
    }, 60_000);

    const image = (name: string): string => images[name] ?? '';
    const digest = (name: string): string => image(name).split('@')[1] ?? '';
    const open = async (settings: Readonly<Record<string, string | number>> = {}): Promise<Host> => {
      const host = await openHost(engine, settings);
      hosts.push(host);
      return host;
    };

    it('brings a first image, and then another by the other colour', async () => {
      const host = await open();
      const first = await host.run([image('one')]);
      expect(first.result, first.told).toMatchObject({ what: 'deployed', colour: 'green', digest: digest('one'), previous: '' });
      expect(await host.serves()).toBe('one');
      const second = await host.run([image('two')]);
      expect(second.result, second.told).toMatchObject({
        what: 'deployed',
        colour: 'blue',
        digest: digest('two'),
        previous: digest('one'),
      });
      expect(await host.serves()).toBe('two');
      expect(await host.containers()).toEqual({ app_blue: 'running', app_green: 'exited' });
      expect(host.read('db/log')).toBe('begin one\nend one 0\nbegin two\nend two 0\n');
      expect(host.read('staging/deploy-trace/last-image').trim()).toBe(image('two'));
      expect(readdirSync(join(host.staging, 'deploy-trace')).filter((name) => name.endsWith('.log'))).toHaveLength(2);
      expect(Object.keys(second.result?.seconds ?? {})).toEqual(
        'lock preflight pull migrate start health flip check drain stop'.split(' '),
      );
    });

    const two = async (settings: Readonly<Record<string, string | number>> = {}): Promise<Host> => {
      const host = await open(settings);
      expect((await host.run([image('one')])).exit).toBe(0);
      return host;
    };

    it('does nothing when the image runs already, and says so', async () => {
      const host = await two();
      const before = await host.containers();
      const started = await engine.docker('inspect', '--format', '{{.State.StartedAt}}', await host.idOf('app_green'));
      const { exit, result } = await host.run([image('one')]);
      expect([exit, result?.what]).toEqual([0, 'unchanged']);
      expect(await host.containers()).toEqual(before);
      expect(await engine.docker('inspect', '--format', '{{.State.StartedAt}}', await host.idOf('app_green'))).toBe(started);
      expect(host.read('db/log')).toBe('begin one\nend one 0\n');
    });

    it.each([
      ['never becomes healthy', 'sick', 23, 'unhealthy', 'health'],
      ['ends', 'dead', 23, 'unhealthy', 'health'],
      ['cannot migrate', 'migrating', 21, 'migration', 'migrate'],
    ])('leaves what served, when the image %s', async (_, name, code, word, phase) => {
      const host = await two();
      const { exit, result } = await host.run([image(name)]);
      expect(exit).toBe(code);
      expect(result).toMatchObject({ what: 'failed', code: word, phase, colour: 'green', digest: digest('one') });
      expect(result?.message).toContain('app_green serves as before');
      if (name === 'dead') expect(result?.logs).toContain('dead cannot go on');
      if (name === 'migrating') expect(result?.logs).toContain('migrates to migrating');
      expect(await host.serves()).toBe('one');
      expect((await host.containers())['app_blue']).not.toBe('running');
      expect((await host.run([image('two')])).exit).toBe(0);
      expect(await host.serves()).toBe('two');
    });

    it('leaves what served, when there is no such image', async () => {
      const host = await two();
      const { exit, result } = await host.run([image('one').replace(/[0-9a-f]{64}/, 'a'.repeat(64))]);
      expect([exit, result?.phase]).toEqual([20, 'pull']);
      expect(result?.message).toContain('cannot pull');
      expect(await host.serves()).toBe('one');
    });

    it('leaves what served, when nginx was broken by hand, and names the line', async () => {
      const host = await two();
      const right = host.read('nginx.conf');
      host.write('nginx.conf', right.replace('events {', 'event {'));
      const { exit, result } = await host.run([image('two')]);
      expect([exit, result?.code, result?.phase]).toEqual([30, 'nginx-configuration', 'preflight']);
      expect(result?.message).toMatch(/unknown directive "event" in .*nginx\.conf:\d+/);
      expect(await host.serves()).toBe('one');
      host.write('nginx.conf', right);
      expect((await host.run([image('two')])).exit).toBe(0);
    });

    it('leaves what served, when the file of the other colour is broken: nginx is never told', async () => {
      const host = await two();
      const right = host.read('staging/nginx/upstream.blue.conf');
      host.write('staging/nginx/upstream.blue.conf', 'upstream {');
      const { exit, result } = await host.run([image('two')]);
      expect([exit, result?.phase]).toEqual([30, 'flip']);
      expect(await host.serves()).toBe('one');
      expect((await host.run(['status'])).result).toMatchObject({ colour: 'green', linked: 'green' });
      host.write('staging/nginx/upstream.blue.conf', right);
      expect((await host.run([image('two')])).exit).toBe(0);
    });

    it('flips back, when nginx does not reach the new colour', async () => {
      const host = await two();
      host.set({ CHECK_SECONDS: 3 });
      const right = host.read('staging/nginx/upstream.blue.conf');
      host.write('staging/nginx/upstream.blue.conf', right.replace(/server .*;/, 'server 127.0.0.1:1;'));
      const { exit, result } = await host.run([image('two')]);
      expect([exit, result?.code, result?.phase]).toEqual([32, 'check', 'check']);
      expect(result?.message).toContain('app_green serves as before');
      expect(await host.serves()).toBe('one');
      expect((await host.run(['status'])).result).toMatchObject({ colour: 'green', upstream: 'green', recorded: 'green' });
    });

    it('does not take the answer of the old colour for one of the new', async () => {
      const host = await two();
      host.set({ CHECK_SECONDS: 3 });
      host.write('staging/nginx/upstream.blue.conf', host.read('staging/nginx/upstream.green.conf'));
      const { exit, result } = await host.run([image('two')]);
      expect([exit, result?.code]).toEqual([32, 'check']);
      expect(await host.serves()).toBe('one');
    });

    it('refuses while the lock is held, and changes nothing', async () => {
      const host = await two();
      const release = await host.holdLock();
      const { exit, result } = await host.run([image('two')]);
      expect([exit, result?.code]).toEqual([11, 'locked']);
      expect((await host.run(['status'])).result).toMatchObject({ busy: true });
      await release();
      expect((await host.run(['status'])).result).toMatchObject({ busy: false });
      expect((await host.run([image('two')])).exit).toBe(0);
    });

    it('refuses when something else is active than what was expected, and changes nothing', async () => {
      const host = await two();
      const refused = await host.run(['--expect', digest('three'), image('two')]);
      expect([refused.exit, refused.result?.code]).toEqual([12, 'taken-over']);
      expect(refused.result?.message).toContain(digest('one'));
      expect((await host.run(['--expect', digest('three'), 'rollback', image('two')])).exit).toBe(12);
      expect(await host.containers()).toEqual({ app_green: 'running' });
      expect((await host.run(['--expect', `${digest('three')},${digest('one')}`, image('two')])).exit).toBe(0);
      expect((await host.run(['--expect', digest('one'), image('two')])).result?.what, 'what is wanted is there').toBe(
        'unchanged',
      );
    });

    it('goes back at once while the old colour is there, and migrates nothing', async () => {
      const host = await two();
      await host.run([image('two')]);
      const old = await host.idOf('app_green');
      const { exit, result } = await host.run(['rollback', digest('one')]);
      expect([exit, result?.what, result?.colour]).toEqual([0, 'rolled-back', 'green']);
      expect(await host.idOf('app_green'), 'the same container').toBe(old);
      expect(await host.serves()).toBe('one');
      expect(host.read('db/log')).toBe('begin one\nend one 0\nbegin two\nend two 0\n');
      expect((await host.run(['rollback'])).result, 'what ran before').toMatchObject({ digest: digest('two'), colour: 'blue' });
    });

    it('goes back after the old colour is gone, by that digest', async () => {
      const host = await two();
      await host.run([image('two')]);
      await host.run([image('three')]);
      expect((await host.run(['rollback', digest('one')])).result?.digest, 'gone, and its name is known').toBe(digest('one'));
      expect(await host.serves()).toBe('one');
      expect(host.read('db/log')).toBe('begin one\nend one 0\nbegin two\nend two 0\nbegin three\nend three 0\n');
    });

    it('ends what a reboot between flip and stop left undone', async () => {
      const host = await two();
      await host.run([image('two')]);
      await engine.docker('start', await host.idOf('app_green'));
      await engine.docker('kill', await host.idOf('app_green'), await host.idOf('app_blue'));
      host.write('staging/deploy-state', host.read('staging/deploy-state').replace('active=blue', 'active=green'));
      await host.nginx('-s', 'stop');
      await host.nginx();
      await engine.docker('start', await host.idOf('app_green'));
      const { exit, result } = await host.run([image('two')]);
      expect([exit, result?.what], result?.message).toEqual([0, 'started']);
      expect(await host.serves()).toBe('two');
      expect(await host.containers()).toEqual({ app_blue: 'running', app_green: 'exited' });
      expect((await host.run(['status'])).result).toMatchObject({ colour: 'blue', linked: 'blue', recorded: 'blue' });
    });

    it('puts back a link that was flipped while nginx was never told', async () => {
      const host = await two();
      await promisify(execFile)('ln', ['-sfn', 'upstream.blue.conf', join(host.staging, 'nginx/active_upstream.conf')]);
      expect((await host.run(['status'])).result).toMatchObject({ colour: 'green', linked: 'blue', upstream: 'blue' });
      expect((await host.run([image('one')])).result?.what).toBe('unchanged');
      expect((await host.run(['status'])).result).toMatchObject({ colour: 'green', linked: 'green', upstream: 'green' });
    });

    it('touches no other service, and gives status from nginx and Docker', async () => {
      const host = await two();
      const { exit, result } = await host.run(['status']);
      expect(exit).toBe(0);
      expect(result).toEqual({
        what: 'status',
        code: 'done',
        colour: 'green',
        digest: digest('one'),
        image: image('one'),
        upstream: 'green',
        linked: 'green',
        recorded: 'green',
        answers: '200',
        busy: false,
        blue: { digest: '', state: 'absent', health: 'none' },
        green: { digest: digest('one'), state: 'running', health: 'healthy' },
      });
    });

    it('takes a tag, and deploys its digest', async () => {
      const host = await two();
      const tag = image('two').split('@')[0] ?? '';
      await promisify(execFile)('skopeo', [
        'copy',
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
        `docker://${image('two')}`,
        `docker://${tag}:latest`,
      ]);
      expect((await host.run([`${tag}:latest`])).result).toMatchObject({
        what: 'deployed',
        digest: digest('two'),
        image: image('two'),
      });
    });

    it('says what it cannot do, by name', async () => {
      const host = await open();
      const cases: readonly (readonly [readonly string[], number, string])[] = [
        [['--what', image('one')], 2, 'there is no option --what'],
        [[], 2, 'deploy takes an image'],
        [['--expect'], 2, '--expect takes digests'],
        [['--expect', 'v1', image('one')], 2, '--expect takes digests'],
        [['--config'], 2, '--config takes a file'],
        [['status', image('one')], 2, 'status takes no image'],
        [[image('one'), image('two')], 2, 'one image'],
        [['$(reboot)'], 2, 'no name of an image'],
        [['rollback'], 40, 'nothing to go back to'],
        [['rollback', digest('one')], 40, 'give it with its repository'],
      ];
      for (const [words, code, message] of cases) {
        const { exit, result } = await host.run(words);
        expect([exit, result?.message], words.join(' ')).toEqual([code, expect.stringContaining(message)]);
      }
      host.set({ DRAIN: 3 });
      expect((await host.run([image('one')])).result?.message).toContain('there is no setting "DRAIN"');
      host.set({ DRAIN_SECONDS: 'long' });
      expect((await host.run([image('one')])).result?.message).toContain('DRAIN_SECONDS is a whole number');
      host.set({ MIGRATION_SERVICE: 'nobody' });
      expect((await host.run([image('one')])).result?.message).toContain('no service "nobody"');
      host.set({ CHECK_HEADER: 'X-Nobody' });
      expect((await host.run([image('one')])).result?.message).toContain('does not answer');
      expect(existsSync(join(host.staging, 'deploy-state'))).toBe(false);
    });

    it('changes nothing when the disk is full', async () => {
      const host = await two();
      const mount = join(host.staging, 'deploy-trace');
      await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount]);
      try {
        host.write('staging/deploy-trace/full', 'x'.repeat(40_000));
        const { exit, result } = await host.run([image('two')]);
        expect([exit, result?.code]).toEqual([13, 'no-space']);
        expect(await host.serves()).toBe('one');
        expect(await host.containers()).toEqual({ app_green: 'running' });
      } finally {
        await promisify(execFile)('umount', [mount]);
      }
      expect((await host.run([image('two')])).exit).toBe(0);
    });
  },
);
