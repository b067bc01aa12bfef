import { parse } from 'yaml';
import { AwsError } from '../errors.ts';
import { recordOf, textsOf } from '../iam/needs/need.ts';

type Input = Readonly<Record<string, unknown>>;

interface DocumentParameter {
  readonly type: 'String' | 'StringList';
  readonly fallback?: string;
  readonly pattern?: RegExp;
  readonly values: readonly string[];
}

/** What a document makes of its parameters. */
export interface Work {
  readonly script: string;
  readonly timeoutSeconds: number;
  readonly workingDirectory: string;
}

/** A Command document of one step, `aws:runShellScript` (User Guide, "Command document plugin reference"). */
export interface Document {
  readonly name: string;
  /** As it was given. */
  readonly content: string;
  readonly format: 'JSON' | 'YAML';
  readonly createdAt: number;
  /** Throws for what its parameters do not allow. */
  readonly work: (given: Input) => Work;
}

const invalid = (message: string): AwsError => new AwsError('InvalidDocumentContent', message);

const parameterIn = (name: string, body: Input): DocumentParameter => {
  const { type, default: fallback, allowedPattern } = body;
  if (type !== 'String' && type !== 'StringList')
    throw invalid(`the local cloud does not know the type "${String(type)}" of the parameter ${name}.`);
  return {
    type,
    ...(typeof fallback === 'string' ? { fallback } : {}),
    ...(typeof allowedPattern === 'string' ? { pattern: new RegExp(allowedPattern) } : {}),
    values: textsOf(body, 'allowedValues'),
  };
};

const refused = (message: string): AwsError => new AwsError('InvalidParameters', message);

const textsFor = (name: string, { type, fallback, pattern, values }: DocumentParameter, given: Input): readonly string[] => {
  const texts = name in given ? textsOf(given, name) : fallback === undefined ? [] : [fallback];
  if (texts.length === 0) throw refused(`Missing values for parameters: [${name}]`);
  if (type === 'String' && texts.length > 1) throw refused(`Parameter "${name}" only accepts one value.`);
  for (const text of texts) {
    if (pattern?.test(text) === false) throw refused(`Parameter "${name}" has a value that does not match its allowedPattern.`);
    if (values.length > 0 && !values.includes(text))
      throw refused(`Parameter "${name}" has a value that is not one of its allowedValues.`);
  }
  return texts;
};

const REFERENCE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

const stepIn = (content: Input): Input => {
  const steps = content['mainSteps'];
  const [step, ...others] = Array.isArray(steps) ? steps : [];
  if (content['schemaVersion'] !== '2.2' || step === undefined || others.length > 0 || step.action !== 'aws:runShellScript')
    throw invalid('the local cloud knows documents of schema version 2.2 with one step, aws:runShellScript.');
  return recordOf(step, 'inputs');
};

/** Throws for what it does not know. */
export const readDocument = (name: string, content: string, format: Document['format'], createdAt: number): Document => {
  const read: unknown = parse(content);
  if (typeof read !== 'object' || read === null) throw invalid('the content is no object.');
  const body: Input = { ...read };
  const inputs = stepIn(body);
  const parameters = new Map(
    Object.entries(recordOf(body, 'parameters')).map(([key, value]) => [key, parameterIn(key, { ...(value as Input) })]),
  );
  const work = (given: Input): Work => {
    const unknown = Object.keys(given).filter((key) => !parameters.has(key));
    if (unknown.length > 0) throw refused(`Extra parameters: [${unknown.join(', ')}]`);
    const values = new Map([...parameters].map(([key, parameter]) => [key, textsFor(key, parameter, given)]));
    const filled = (text: string): string =>
      text.replace(REFERENCE, (_, key: string) => {
        const found = values.get(key);
        if (found === undefined) throw invalid(`the document has no parameter ${key}.`);
        return found.join('\n');
      });
    const lines = inputs['runCommand'];
    return {
      script: (Array.isArray(lines) ? lines : [lines]).map((line) => filled(String(line))).join('\n'),
      timeoutSeconds: Number(filled(String(inputs['timeoutSeconds'] ?? 3600))),
      workingDirectory: filled(String(inputs['workingDirectory'] ?? '')),
    };
  };
  return { name, content, format, createdAt, work };
};

/** AWS's own, as far as it is used here: its parameters, and what they may be, are those of its description. */
export const RUN_SHELL_SCRIPT: Document = readDocument(
  'AWS-RunShellScript',
  JSON.stringify({
    schemaVersion: '2.2',
    parameters: {
      commands: { type: 'StringList' },
      workingDirectory: { type: 'String', default: '' },
      executionTimeout: {
        type: 'String',
        default: '3600',
        allowedPattern: '^(([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800))$',
      },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'runShellScript',
        inputs: {
          runCommand: '{{ commands }}',
          workingDirectory: '{{ workingDirectory }}',
          timeoutSeconds: '{{ executionTimeout }}',
        },
      },
    ],
  }),
  'JSON',
  0,
);
