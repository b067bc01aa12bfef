import { CONNECTION, type CommandSpec, EVERYWHERE, type Option } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { columns } from './lines.ts';

const optionRows = (options: Readonly<Record<string, Option>>): readonly (readonly string[])[] =>
  Object.entries(options).map(([name, { value, description, required }]) => [
    `  --${name}${value === undefined ? '' : ` ${value}`}`,
    `${description}${required === true ? ' (needed)' : ''}`,
  ]);

const section = (title: string, rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : ['', title, ...columns(rows)];

/** Of one command. */
export const commandHelp = (spec: CommandSpec): string =>
  [
    `switchyard ${spec.name}${spec.arguments.map(({ name, required }) => (required ? ` <${name}>` : ` [${name}]`)).join('')}${Object.keys(spec.options).length > 0 ? ' [options]' : ''}`,
    '',
    spec.description,
    ...section(
      'Arguments',
      spec.arguments.map(({ name, description }) => [`  <${name}>`, description]),
    ),
    ...section('Options', optionRows(spec.options)),
    ...section('Where', spec.connects ? optionRows(CONNECTION) : []),
    ...section('Everywhere', optionRows(EVERYWHERE)),
    '',
    'Examples',
    ...spec.examples.flatMap(([command, does]) => [`  ${command}`, `      ${does}`]),
  ].join('\n');

/** Of the tool. */
export const toolHelp = (specs: readonly CommandSpec[]): string =>
  [
    'switchyard <command> [options]',
    '',
    'Deploys, rolls back, and tells what runs: through the same events as CI, on AWS and on the local cloud.',
    ...section(
      'Commands',
      specs.map(({ name, summary }) => [`  ${name}`, summary]),
    ),
    '',
    'switchyard <command> --help has the options and examples of each.',
    ...section(
      'Exit codes',
      Object.values(EXIT).map(({ code, means }) => [`  ${code}`, means]),
    ),
    '',
    'Examples',
    '  switchyard deploy --environment preprod --service api --image preprod:v1.2.3 --wait',
    '  switchyard status --environment prod',
    '  switchyard rollback --environment prod --service api --reason "customers complain" --wait',
  ].join('\n');
