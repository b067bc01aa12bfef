import { readdirSync, readFileSync } from 'node:fs';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it } from 'vitest';
import { schemaProblem } from '../scenarios/schemas.ts';
import { gitlabProblems } from './gitlab-keywords.ts';

const FOLDER = new URL('../../ci/examples/', import.meta.url);

const SYSTEMS = readdirSync(FOLDER)
  .filter((name) => !name.endsWith('.md'))
  .sort();

const read = (system: string, file: string): string => readFileSync(new URL(`${system}/${file}`, FOLDER), 'utf8');

/** What GitHub's own parser says of a workflow. */
const githubProblems = async (content: string): Promise<readonly string[]> => {
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter());
  const found = context.errors.getErrors().map(({ message }) => message);
  if (value === undefined || found.length > 0) return found;
  const { errors = [] } = await convertWorkflowTemplate(context, value);
  return errors.map(({ Message }) => Message);
};

/** The events that a workflow puts: by type, with the members that `jq` makes of its arguments, each filled in with its own name. */
const putIn = (text: string): readonly (readonly [type: string, detail: Readonly<Record<string, unknown>>])[] =>
  [...text.matchAll(/jq -nc ((?:--arg \w+ "[^"]*" ?)+)'\{([^}]*)\}'\)\n\s*entries=.*DetailType: "(\w+)"/g)].map(
    ([, , members = '', type = '']) => [
      type,
      Object.fromEntries(
        members.split(', ').map((member) => {
          const [name = '', value = ''] = member.split(': ');
          if (value === 'true') return [name, true];
          if (value.startsWith('"')) return [name, JSON.parse(value)];
          return [name, name.endsWith('rl') ? 'https://ci.example/1' : name];
        }),
      ),
    ],
  );

describe('an example', () => {
  it('is there for each system, for GitHub and for GitLab', () => {
    expect(SYSTEMS.map((system) => system.slice(0, 2))).toEqual(['s1', 's2', 's3', 's4', 's5']);
    for (const system of SYSTEMS) expect(readdirSync(new URL(system, FOLDER)).sort()).toEqual(['github.yml', 'gitlab-ci.yml']);
  });

  it.each(SYSTEMS)("of %s is a workflow by GitHub's own parser", async (system) => {
    expect(await githubProblems(read(system, 'github.yml'))).toEqual([]);
  });

  it("that is broken is found by GitHub's own parser", async () => {
    const text = read('s5-backend', 'github.yml');
    expect(await githubProblems(text.replace('runs-on:', 'runs_on:'))).toContainEqual(expect.stringContaining('runs_on'));
    expect(await githubProblems(text.replace('needs: build', 'needs: biuld'))).toContainEqual(expect.stringContaining('biuld'));
    expect(await githubProblems(text.replace('id-token: write', 'id-token: always'))).not.toEqual([]);
  });

  it.each(SYSTEMS)('of %s uses the keywords of GitLab alone', (system) => {
    expect(gitlabProblems(read(system, 'gitlab-ci.yml'))).toEqual([]);
  });

  it.each([
    ['a keyword that is none', 'rules:', 'rule:', /"rule" is no keyword of a job/],
    ['one below another', 'when: manual', 'whenever: manual', /"whenever" is no keyword of rules/],
    ['a stage that is none', 'stage: deploy', 'stage: deplyo', /there is no stage "deplyo"/],
    ['a base that is none', 'extends: .aws', 'extends: .awz', /there is no ".awz" to extend/],
    ['no script', 'script: [make test]', 'variables: {}', /test: has no script/],
    ['a token for nobody', '{ aud: https://gitlab.com }', '{}', /the token AWS_TOKEN has no "aud"/],
  ])('with %s is found', (_, right, wrong, problem) => {
    expect(gitlabProblems(read('s5-backend', 'gitlab-ci.yml').replace(right, wrong)).join('\n')).toMatch(problem);
  });

  it.each(SYSTEMS.flatMap((system) => ['github.yml', 'gitlab-ci.yml'].map((file) => [system, file] as const)))(
    'of %s (%s) puts events that fit their schemas, takes a role by OIDC, and fails where the bus does not take them',
    (system, file) => {
      const text = read(system, file);
      const put = putIn(text);
      expect(put.length).toBe(text.match(/aws events put-events/g)?.length);
      expect(put.map(([type]) => type)).toContain('RollbackRequested');
      for (const [type, detail] of put) expect(schemaProblem(type, detail), type).toBeUndefined();
      expect(text.match(/test "\$failed" = 0/g)).toHaveLength(put.length);
      expect(text).not.toMatch(/AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)|aws-(?:access-key-id|secret-access-key)/);
      expect(text).toMatch(
        file === 'github.yml'
          ? /id-token: write[\s\S]*role-to-assume: arn:aws:iam::/
          : /id_tokens:[\s\S]*AWS_WEB_IDENTITY_TOKEN_FILE/,
      );
    },
  );

  it("names S5's repositories, services and region (S5.1, S5.3), and a role for each environment", () => {
    const text = read('s5-backend', 'github.yml');
    for (const name of ['conflicto-backend-dev:', 'conflicto-backend-service-dev', 'us-west-2']) expect(text).toContain(name);
    for (const environment of ['dev', 'staging', 'prod']) expect(text).toContain(`role/conflicto-backend-${environment}-ci`);
    expect(text).toContain("github.ref == 'refs/heads/main'");
  });
});
