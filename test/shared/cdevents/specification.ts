import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** CDEvents v0.5.1: schemas and conformance samples; not part of the project, so a copy without them skips what needs them. */
const FOLDER = '../shared/cdevents';

export const isThere = existsSync(FOLDER);

const documentsIn = (folder: string): readonly AnySchemaObject[] =>
  isThere
    ? readdirSync(join(FOLDER, folder))
        .filter((file) => file.endsWith('.json'))
        .map((file) => JSON.parse(readFileSync(join(FOLDER, folder, file), 'utf8')))
    : [];

/** The specification's samples. */
export const SAMPLES = documentsIn('conformance');

const schemas = documentsIn('schemas');
const ajv = new Ajv2020({ strict: false, schemas: [...documentsIn('schemas/links'), ...schemas] });
addFormats.default(ajv);

/** `dev.cdevents.service.upgraded.0.3.0` → the `$id` of its schema. */
const ids = new Map<string, string>(
  schemas.map(({ $id, properties }) => [properties.context.properties.type.default as string, $id as string]),
);

/** What is wrong with a CDEvent, by the schema of its type; `undefined`: nothing. */
export const cdEventProblem = (event: { readonly context: { readonly type: string } }): string | undefined => {
  const validate = ajv.getSchema(ids.get(event.context.type) ?? '');
  if (validate === undefined) return `there is no schema for ${event.context.type}`;
  return validate(event) ? undefined : ajv.errorsText(validate.errors);
};
