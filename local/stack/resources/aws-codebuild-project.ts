import {
  documentProperty,
  generatedName,
  listProperty,
  type ResourceType,
  structureProperty,
  textProperty,
} from '../resource-type.ts';
import type { Json } from '../template.ts';

/** `TimeoutInMinutes` is `timeoutInMinutes` in the API; so it is with all of them but `Name` of variables. */
const inCamelCase = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name.charAt(0).toLowerCase() + name.slice(1), inCamelCase(entry)]),
  );
};

const SOURCE = ['Type', 'Location', 'BuildSpec'];

export const awsCodebuildProject: ResourceType = {
  type: 'AWS::CodeBuild::Project',
  properties: [
    'Artifacts',
    'ConcurrentBuildLimit',
    'Description',
    'Environment',
    'Name',
    'QueuedTimeoutInMinutes',
    'ServiceRole',
    'Source',
    'Tags',
    'TimeoutInMinutes',
  ],
  async create(resource, { call }) {
    const { Name: _, Source: __, Tags: ___, ...same } = resource.properties;
    const { BuildSpec: buildspec, ...source } = structureProperty(resource, 'Source', SOURCE);
    documentProperty(resource, 'Environment');
    const name = textProperty(resource, 'Name') ?? generatedName(resource);
    const { project } = await call('codebuild', 'CreateProject', {
      ...(inCamelCase(same) as Json),
      name,
      source: { ...(inCamelCase(source) as Json), ...(buildspec === undefined ? {} : { buildspec }) },
      tags: inCamelCase(listProperty(resource, 'Tags')),
    });
    return { ref: name, attributes: { Arn: String((project as Json)['arn']) } };
  },
};
