import { parseDocument } from 'yaml';

/** In which its commands run (User Guide, "Build specification reference for CodeBuild"). */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;

export type Phase = (typeof PHASES)[number];

interface PhaseSpec {
  readonly commands: readonly string[];
  /** Run after them, whether they failed or not. */
  readonly finally: readonly string[];
  readonly onFailure: 'ABORT' | 'CONTINUE' | undefined;
}

export interface Buildspec {
  readonly shell: 'sh' | 'bash';
  readonly variables: Readonly<Record<string, string>>;
  readonly phases: ReadonlyMap<Phase, PhaseSpec>;
}

/** What is wrong with a buildspec. */
export class BuildspecError extends Error {
  override readonly name = 'BuildspecError';
}

const ROOT = ['version', 'env', 'phases'];
const ENV = ['shell', 'variables'];
const PHASE = ['commands', 'finally', 'on-failure'];

const recordIn = (value: unknown, where: string): Readonly<Record<string, unknown>> => {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new BuildspecError(`${where} has to be a map`);
  return value as Readonly<Record<string, unknown>>;
};

/** What is taken and ignored would be a surprise on AWS. */
const onlyKnown = (record: object, known: readonly string[], where: string): void => {
  const other = Object.keys(record).find((key) => !known.includes(key));
  if (other !== undefined)
    throw new BuildspecError(`the local cloud does not know "${other}" of ${where}; it knows: ${known.join(', ')}`);
};

const commandsIn = (value: unknown, where: string): readonly string[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.some((command) => typeof command !== 'string'))
    throw new BuildspecError(`${where} has to be a list of commands`);
  return value as readonly string[];
};

const phaseIn = (value: unknown, name: string): PhaseSpec => {
  const phase = recordIn(value, name);
  onlyKnown(phase, PHASE, `phase ${name}`);
  const { commands, finally: last, 'on-failure': onFailure } = phase;
  if (commands === undefined) throw new BuildspecError(`phase ${name} has no commands`);
  if (onFailure !== undefined && onFailure !== 'ABORT' && onFailure !== 'CONTINUE')
    throw new BuildspecError(`on-failure of phase ${name} is ${String(onFailure)}; the local cloud knows ABORT and CONTINUE`);
  return { commands: commandsIn(commands, `commands of ${name}`), finally: commandsIn(last, `finally of ${name}`), onFailure };
};

const envIn = (value: unknown): Pick<Buildspec, 'shell' | 'variables'> => {
  const env = recordIn(value, 'env');
  onlyKnown(env, ENV, 'env');
  const { shell = 'sh', variables } = env;
  if (shell !== 'sh' && shell !== 'bash')
    throw new BuildspecError(`the shell is ${String(shell)}; the local cloud knows sh and bash`);
  const entries = Object.entries(recordIn(variables, 'variables'));
  return { shell, variables: Object.fromEntries(entries.map(([name, text]) => [name, String(text)])) };
};

/** Version 0.2 alone: all commands share one shell. Throws `BuildspecError`. */
export const readBuildspec = (text: string): Buildspec => {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw new BuildspecError(`it is no YAML: ${error.message}`);
  const root = recordIn(document.toJS(), 'the buildspec');
  onlyKnown(root, ROOT, 'the buildspec');
  if (root['version'] !== 0.2) throw new BuildspecError(`its version is ${String(root['version'])}; the local cloud knows 0.2`);
  const phases = recordIn(root['phases'], 'phases');
  onlyKnown(phases, PHASES, 'phases');
  const given = PHASES.flatMap((name) => (phases[name] === undefined ? [] : [[name, phaseIn(phases[name], name)] as const]));
  if (given.length === 0) throw new BuildspecError('it has no phases');
  return { ...envIn(root['env']), phases: new Map(given) };
};

/** Whether the project's word for it is the buildspec itself, and not the name of a file in the source. */
export const isInline = (buildspec: string): boolean => /^\s*(?:#[^\n]*\n\s*)*version\s*:/.test(buildspec);
