import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const SCHEMAS = new URL('../../schemas/', import.meta.url);

const schemasIn = (folder: string): readonly AnySchemaObject[] =>
  readdirSync(new URL(folder, SCHEMAS)).map((file) => JSON.parse(readFileSync(new URL(`${folder}${file}`, SCHEMAS), 'utf8')));

const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  schemas: [...schemasIn('parts/'), ...schemasIn('events/')],
});
addFormats.default(ajv, ['date-time']);

/** What is wrong with an event's detail, by its schema; `undefined`: nothing. */
export const schemaProblem = (type: string, detail: unknown): string | undefined => {
  const validate = ajv.getSchema(`https://switchyard.dev/schemas/${type}.json`);
  if (validate === undefined) return `there is no schema for ${type}`;
  if (validate(detail)) return undefined;
  const told = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  return `${type} does not fit its schema: ${told.join('; ')}: ${JSON.stringify(detail)}`;
};
