import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-codes.ts';
import { COMMANDS } from '../../cli/run.ts';
import { ROOT } from '../guards/sources.ts';
import { cli } from './cli-builder.ts';

describe('a mistake at the command line', () => {
  it.each([
    [[], /^switchyard <command> \[options\]/],
    [['deplyo'], /^switchyard does not know the command "deplyo" \(did you mean deploy\?\); see switchyard --help$/],
    [['xyzzy'], /^switchyard does not know the command "xyzzy"; see switchyard --help$/],
    [['deploy'], /^switchyard deploy needs --environment <name>; see switchyard deploy --help$/],
    [['deploy', '--enviroment', 'x'], /^switchyard deploy does not know --enviroment \(did you mean --environment\?\)/],
    [['deploy', '--environment'], /^switchyard deploy: Option '--environment <value>' argument missing; see/],
    [['deploy', '--environment', 'prod', '--service', 's', '--image', 'i', 'more'], /^switchyard deploy does not take "more"/],
    [['cancel'], /^switchyard cancel needs <deployment>/],
    [
      ['redrive', 'lsit', 'deploy'],
      /^switchyard redrive does not know "lsit" \(did you mean list\?\); it knows list, show, send-back, drop/,
    ],
    [['redrive', 'drop', 'deploy', '--all'], /^switchyard redrive drop needs --reason <why>/],
    [
      ['status', '--service', 'adit-servce-prod'],
      /^there is no service "adit-servce-prod" \(did you mean adit-service-prod\?\); the catalogue knows/,
    ],
    [
      ['status', '--environment', 'prd'],
      /^there is no environment "prd" \(did you mean prod\?\); the catalogue knows preprod, prod, dev, staging$/,
    ],
    [
      ['deploy', '--environment', 'prod', '--service', 'x', '--image', 'i'],
      /^there is no service "x" in environment "prod"; the catalogue knows/,
    ],
    [
      ['history', '--environment', 'prod', '--service', 'adit-service-prod', '--limit', '0'],
      /^--limit takes a number from 1 to 1000, not "0"$/,
    ],
    [
      ['deploy', '--environment', 'prod', '--service', 'adit-service-prod', '--image', 'i', '--timeout', 'soon'],
      /^--timeout takes seconds, not "soon"$/,
    ],
    [
      ['validate', 'nowhere.yml'],
      /^cannot read the catalogue nowhere\.yml: give --catalogue <file>, or go to the folder that has it$/,
    ],
    [['help', 'deplyo'], /^switchyard does not know the command "deplyo"/],
  ])('%j is told in one sentence, and nothing is asked for', async (argv, message) => {
    const { code, out, err } = await cli(argv);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });

  it('in the catalogue is told with its line, every one at once', async () => {
    const files = { 'switchyard.yml': 'environments:\n  prod:\n    registry: 1\n    colour: red\n    services: {}\n' };
    const { code, err } = await cli(['validate'], { files });
    expect(code).toBe(2);
    expect(err).toMatch(/^the catalogue is not valid:\nswitchyard\.yml:3 .*\nswitchyard\.yml:4 .*colour/s);
  });
});

describe('help', () => {
  it('names every command, every exit code and examples', async () => {
    const { code, out } = await cli(['--help']);
    expect(code).toBe(0);
    for (const { spec } of COMMANDS) expect(out).toContain(`  ${spec.name.padEnd(10)}  ${spec.summary}`);
    for (const { code: number, means } of Object.values(EXIT))
      expect(out).toMatch(new RegExp(`^ {2}${number} +${means.slice(0, 20)}`, 'm'));
  });

  it.each(COMMANDS.map(({ spec }) => [spec.name, spec] as const))(
    'of %s names its options, and has an example',
    async (name, spec) => {
      for (const argv of [
        [name, '--help'],
        ['help', name],
      ]) {
        const { code, out } = await cli(argv);
        expect(code).toBe(0);
        for (const option of Object.keys(optionsOf(spec))) expect(out).toContain(`  --${option}`);
        expect(out).toContain(`Examples\n  ${spec.examples[0]?.[0]}`);
      }
    },
  );

  it('is quiet about what is not asked: --version is the version', async () => {
    expect(await cli(['--version'])).toEqual({
      code: 0,
      out: JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')).version,
      err: '',
    });
  });
});

describe('docs/cli.md', () => {
  const page = readFileSync(`${ROOT}docs/cli.md`, 'utf8');
  const sections = (text: string) => new Map(text.split(/^## /m).map((part) => [part.split('\n')[0] ?? '', part]));

  const compare = (text: string): readonly string[] => {
    const all = sections(text);
    const codes = [...(all.get('Exit codes') ?? '').matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(
      ([, code, means]) => `${code} ${means}`,
    );
    const wrong = COMMANDS.flatMap(({ spec }) => {
      const section = all.get(`switchyard ${spec.name}`);
      if (section === undefined) return [`no section for ${spec.name}`];
      const told = [...section.matchAll(/^\| `--([a-z-]+)/gm)].map(([, option = '']) => option);
      const real = Object.keys(spec.options);
      return [
        ...real.filter((option) => !told.includes(option)).map((option) => `${spec.name} lacks --${option}`),
        ...told.filter((option) => !real.includes(option)).map((option) => `${spec.name} has no --${option}`),
      ];
    });
    const known = Object.values(EXIT).map(({ code, means }) => `${code} ${means}`);
    return [...wrong, ...known.filter((line) => !codes.includes(line)), ...codes.filter((line) => !known.includes(line))];
  };

  it('has every command, option and exit code, and no other', () => {
    expect(compare(page)).toEqual([]);
  });

  it('that lacks one, or has one too many, is found', () => {
    expect(compare(page.replace('| `--force`', '| `--farce`'))).toEqual(['deploy lacks --force', 'deploy has no --farce']);
    expect(compare(page.replace('## switchyard queue', '## queue'))).toEqual(['no section for queue']);
    expect(compare(page.replace(/^\| 9 \|.*$/m, ''))).toEqual([`9 ${EXIT['gave-up'].means}`]);
  });
});

describe('completion', () => {
  it.each([
    [['de'], ['deploy']],
    [
      ['deploy', '--en'],
      ['--environment', '--endpoint'],
    ],
    [
      ['deploy', '--environment', 'p'],
      ['preprod', 'prod'],
    ],
    [
      ['deploy', '--environment', 'prod', '--service', ''],
      ['adit-service-prod', 'conflicto-backend-service-prod'],
    ],
    [
      ['redrive', ''],
      ['list', 'show', 'send-back', 'drop'],
    ],
    [['redrive', 'list', 'd'], ['deploy']],
    [['completion', 'b'], ['bash']],
    [['nothing', ''], []],
  ])('of %j is %j', async (words, found) => {
    const { code, out } = await cli(['__complete', ...words]);
    expect(code).toBe(0);
    expect(
      out
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    ).toEqual([...found].sort());
  });

  it.each(['bash', 'zsh', 'fish'])('for %s asks the command itself', async (shell) => {
    expect((await cli(['completion', shell])).out).toContain('switchyard __complete');
  });
});
