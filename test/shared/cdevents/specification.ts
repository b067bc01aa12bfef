import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const FOLDER = new URL('../../fixtures/cdevents/', import.meta.url);

const documentsIn = (folder: string): readonly AnySchemaObject[] =>
  readdirSync(new URL(folder, FOLDER))
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(new URL(`${folder}${file}`, FOLDER), 'utf8')));

/** The specification's samples of the events that are published here, v0.5.1. */
export const SAMPLES = documentsIn('conformance/');

const schemas = documentsIn('schemas/');
const ajv = new Ajv2020({ strict: false, schemas: [...documentsIn('schemas/links/'), ...schemas] });
addFormats.default(ajv);

/** `dev.cdevents.service.upgraded.0.3.0` → the `$id` of its schema. */
const ids = new Map<string, string>(
  schemas.map(({ $id, properties }) => [properties.context.properties.type.default as string, $id as string]),
);

/** Types that the specification's schemas are here for. */
export const KNOWN_TYPES: readonly string[] = [...ids.keys()].sort();

/** What is wrong with a CDEvent, by the schema of its type; `undefined`: nothing. */
export const cdEventProblem = (event: { readonly context: { readonly type: string } }): string | undefined => {
  const validate = ajv.getSchema(ids.get(event.context.type) ?? '');
  if (validate === undefined) return `there is no schema for ${event.context.type}`;
  return validate(event) ? undefined : ajv.errorsText(validate.errors);
};
