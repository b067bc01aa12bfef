import { parse } from 'yaml';

/** GitLab documentation, "CI/CD YAML syntax reference" (docs.gitlab.com/ci/yaml/): global keywords. */
const GLOBAL = ['default', 'include', 'stages', 'variables', 'workflow'];

/** The same page: job keywords. */
const JOB = [
  'after_script',
  'allow_failure',
  'artifacts',
  'before_script',
  'cache',
  'coverage',
  'dast_configuration',
  'dependencies',
  'environment',
  'extends',
  'hooks',
  'id_tokens',
  'identity',
  'image',
  'inherit',
  'interruptible',
  'manual_confirmation',
  'needs',
  'pages',
  'parallel',
  'release',
  'resource_group',
  'retry',
  'rules',
  'run',
  'script',
  'secrets',
  'services',
  'stage',
  'start_in',
  'tags',
  'timeout',
  'trigger',
  'variables',
  'when',
];

/** The same page, below each of these keywords. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  rules: ['if', 'changes', 'exists', 'allow_failure', 'needs', 'variables', 'when', 'interruptible'],
  environment: ['name', 'url', 'action', 'on_stop', 'auto_stop_in', 'deployment_tier', 'kubernetes'],
};

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

const unknownBelow = (name: string, job: Json): readonly string[] =>
  Object.entries(BELOW).flatMap(([keyword, known]) =>
    listOf(job[keyword])
      .filter(isRecord)
      .flatMap((entry) => Object.keys(entry).filter((key) => !known.includes(key)))
      .map((key) => `${name}: "${key}" is no keyword of ${keyword}`),
  );

const tokens = (name: string, job: Json): readonly string[] =>
  Object.entries(isRecord(job['id_tokens']) ? job['id_tokens'] : {}).flatMap(([token, given]) =>
    isRecord(given) && Object.keys(given).join() === 'aud' ? [] : [`${name}: the token ${token} has no "aud", or something else`],
  );

/** What is wrong with a pipeline of GitLab, by the keywords of its documentation, a sentence each. */
export const gitlabProblems = (text: string): readonly string[] => {
  const pipeline: unknown = parse(text);
  if (!isRecord(pipeline)) return ['it is no mapping'];
  const stages = listOf(pipeline['stages']);
  const jobs = Object.entries(pipeline).filter(([name]) => !GLOBAL.includes(name));
  const known = new Map(jobs);
  return jobs.flatMap(([name, job]) => {
    if (!isRecord(job)) return [`"${name}" is no global keyword, and no job`];
    const bases = listOf(job['extends']).filter((base) => !known.has(String(base)));
    const runs = name.startsWith('.') || ['script', 'run', 'trigger'].some((keyword) => job[keyword] !== undefined);
    return [
      ...Object.keys(job)
        .filter((key) => !JOB.includes(key))
        .map((key) => `${name}: "${key}" is no keyword of a job`),
      ...bases.map((base) => `${name}: there is no "${String(base)}" to extend`),
      ...(runs ? [] : [`${name}: has no script`]),
      ...(job['stage'] === undefined || stages.includes(job['stage'])
        ? []
        : [`${name}: there is no stage "${String(job['stage'])}"`]),
      ...unknownBelow(name, job),
      ...tokens(name, job),
    ];
  });
};
