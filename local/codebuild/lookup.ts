import { AwsError, refuseOthers } from '../errors.ts';
import { arnAt } from '../place.ts';
import type { Basics } from '../ports.ts';
import type { Build, CodeBuildStore, Input, Project, Source, Variable } from './model.ts';

export const invalid = (message: string): AwsError => new AwsError('InvalidInputException', message);

export const onlyKnown = refuseOthers('InvalidInputException');

export const text = (input: Input, member: string): string | undefined =>
  typeof input[member] === 'string' ? (input[member] as string) : undefined;

export const recordIn = (input: Input, member: string): Input => (input[member] ?? {}) as Input;

export const listIn = (input: Input, member: string): readonly Input[] => (input[member] ?? []) as readonly Input[];

export const codeBuildArn = ({ place }: Pick<Basics, 'place'>, kind: 'project' | 'build', name: string): string =>
  arnAt(place, 'codebuild', `${kind}/${name}`);

/** A name or an ARN. */
export const projectName = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

export const projectOf = (store: CodeBuildStore, given: string | undefined): Project => {
  const name = projectName(given ?? '');
  const found = store.projects.get(name);
  if (found === undefined)
    throw new AwsError('ResourceNotFoundException', `Project cannot be found: ${codeBuildArn(store, 'project', name)}`);
  return found;
};

/** By id, or by ARN. */
export const findBuild = ({ builds }: CodeBuildStore, idOrArn: string): Build | undefined =>
  builds.get(idOrArn.slice(idOrArn.lastIndexOf('/') + 1));

/** Plain texts alone: Parameter Store and Secrets Manager are not asked. */
export const variablesIn = (given: readonly Input[], where: string): readonly Variable[] =>
  given.map((variable) => {
    onlyKnown(variable, ['name', 'value', 'type'], where);
    const { type = 'PLAINTEXT' } = variable;
    const name = text(variable, 'name') ?? '';
    if (name === '') throw invalid(`Environment variable name is required in ${where}`);
    if (type !== 'PLAINTEXT') throw invalid(`the local cloud does not know environment variables of the type ${String(type)}.`);
    return { name, value: text(variable, 'value') ?? '' };
  });

/** NO_SOURCE needs a buildspec of its own (API reference, ProjectSource). */
export const sourceIn = (input: Input): Source => {
  const source = recordIn(input, 'source');
  onlyKnown(source, ['type', 'location', 'buildspec'], 'source');
  const type = text(source, 'type');
  const location = text(source, 'location');
  const buildspec = text(source, 'buildspec');
  if (type !== 'NO_SOURCE' && type !== 'S3')
    throw invalid(`the local cloud does not know the source type ${type}: NO_SOURCE or S3.`);
  if (type === 'S3' && !/^[^/]+\/.+/.test(location ?? ''))
    throw invalid('Invalid project source: location must be a valid S3 source: bucket/path/to/source.zip');
  if (type === 'NO_SOURCE' && buildspec === undefined)
    throw invalid('Invalid project source: buildspec is required when source type is NO_SOURCE');
  return { type, ...(location === undefined ? {} : { location }), ...(buildspec === undefined ? {} : { buildspec }) };
};

/** Minutes, of what AWS allows (API reference, CreateProject). */
export const minutesIn = (input: Input, member: string, standard: number, most: number): number => {
  const minutes = input[member] ?? standard;
  if (typeof minutes !== 'number' || minutes < 5 || minutes > most)
    throw invalid(`Invalid ${member}: it has to be between 5 and ${most}`);
  return minutes;
};
