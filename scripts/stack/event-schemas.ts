import { readdirSync, readFileSync } from 'node:fs';
import { OUTCOMES } from '../../shared/events/outcomes.ts';
import { SOURCE } from '../../shared/events/sources.ts';

type Json = Readonly<Record<string, unknown>>;

const FOLDER = new URL('../../schemas/', import.meta.url);

const read = (file: string): Json => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const record = (value: unknown): Json => (isRecord(value) ? value : {});

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const REFERENCE = /^(?:common\.json)?#\/\$defs\//;

/** Draft 4 knows all of these, and means the same by them. */
const SAME = new Set([
  'type',
  'enum',
  'required',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'uniqueItems',
  'format',
  'description',
  'title',
]);

const nameIn = (reference: unknown): string => String(reference).replace(REFERENCE, '');

/** What is said twice of a member holds twice: the later word may only pick one of the values that the first allows. */
const both = (first: Json, second: Json): Json => {
  for (const [name, later] of Object.entries(second)) {
    const before = first[name];
    const picked = list(record(later)['enum']).concat(record(later)['const'] ?? []);
    const narrows = picked.length > 0 && picked.every((value) => list(record(before)['enum']).includes(value));
    if (before !== undefined && !narrows)
      throw new Error(`schemas: "${name}" is said twice, and the second is no part of the first`);
  }
  return { ...first, ...second };
};

/** One object with the members of all that it is made of: draft 4 has no word for "no other than those". */
const flat = (schema: Json, parts: Json): Json => {
  const made = list(schema['allOf']).map((part) => flat(record(parts[nameIn(record(part)['$ref'])]), parts));
  const { allOf: _, unevaluatedProperties, ...own } = schema;
  if (made.length === 0) return schema;
  const all = [...made, own];
  return {
    ...own,
    properties: all.map(({ properties }) => record(properties)).reduce(both),
    required: [...new Set(all.flatMap(({ required }) => list(required)))],
    ...(unevaluatedProperties === undefined ? {} : { additionalProperties: unevaluatedProperties }),
  };
};

/** The same in the words of draft 4. Throws for a keyword that it has no word for: nothing is left out in silence. */
const draft4 = (schema: Json, parts: Json): Json =>
  Object.fromEntries(
    Object.entries(flat(schema, parts)).flatMap(([keyword, value]): [string, unknown][] => {
      if (SAME.has(keyword)) return [[keyword, value]];
      switch (keyword) {
        case '$schema':
        case '$id':
        case 'examples':
        case 'default':
          return [];
        case 'const':
          return [['enum', [value]]];
        case '$ref':
          return [['allOf', [{ $ref: `#/definitions/${nameIn(value)}` }]]];
        case 'properties':
          return [
            [keyword, Object.fromEntries(Object.entries(record(value)).map(([name, one]) => [name, draft4(record(one), parts)]))],
          ];
        case 'items':
          return [[keyword, draft4(record(value), parts)]];
        case 'additionalProperties':
          return [[keyword, isRecord(value) ? draft4(value, parts) : value]];
        default:
          throw new Error(`schemas: "${keyword}" of ${String(schema['title'] ?? 'a part')} has no word in JSON Schema draft 4`);
      }
    }),
  );

/** The parts that are referred to, and those that they refer to. */
const definitionsFor = (schema: Json, parts: Json): Json => {
  const found = new Map<string, Json>();
  const look = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/"#\/definitions\/([A-Za-z]+)"/g)) {
      if (found.has(name)) continue;
      const part = draft4(record(parts[name]), parts);
      found.set(name, part);
      look(JSON.stringify(part));
    }
  };
  look(JSON.stringify(schema));
  return Object.fromEntries(found);
};

const TEXT = { type: 'string' };

/** An event as the bus delivers it (EventBridge User Guide, "Event structure"), with this detail. */
const eventOf = (type: string, detail: Json, parts: Json): Json => {
  const own = (OUTCOMES as readonly string[]).includes(type);
  return {
    $schema: 'http://json-schema.org/draft-04/schema#',
    title: type,
    description: detail['description'],
    type: 'object',
    required: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
    properties: {
      version: TEXT,
      id: TEXT,
      'detail-type': { enum: [type] },
      source: own ? { enum: [SOURCE] } : TEXT,
      account: TEXT,
      time: { type: 'string', format: 'date-time' },
      region: TEXT,
      resources: { type: 'array', items: TEXT },
      detail,
    },
    definitions: definitionsFor(detail, parts),
  };
};

const REQUESTS = ['DeployRequested', 'RollbackRequested', 'DeploymentCancelRequested', 'PromotionRequested', 'EvidenceRecorded'];

/** The schema of every event that is ours to define, as draft 4 has it, by its `detail-type`. AWS's own are in AWS's own registry. */
export const eventSchemas = (): Readonly<Record<string, Json>> => {
  const parts = record(read('parts/common.json')['$defs']);
  const names = new Set([...REQUESTS, ...OUTCOMES]);
  const files = readdirSync(new URL('events/', FOLDER)).filter((file) => names.has(file.replace('.json', '')));
  return Object.fromEntries(
    files.sort().map((file) => {
      const type = file.replace('.json', '');
      return [type, eventOf(type, draft4(read(`events/${file}`), parts), parts)];
    }),
  );
};

/** A registry of the installation's name, with a schema for each event: `switchyard@DeploymentSucceeded`, as EventBridge itself names them. */
export const registryFor = (): { readonly Resources: Readonly<Record<string, object>> } => ({
  Resources: {
    SchemaRegistry: {
      Type: 'AWS::EventSchemas::Registry',
      Properties: { RegistryName: { Ref: 'Bus' }, Description: 'Events of the deployment pipeline' },
    },
    ...Object.fromEntries(
      Object.entries(eventSchemas()).map(([type, content]) => [
        `${type}Schema`,
        {
          Type: 'AWS::EventSchemas::Schema',
          Properties: {
            RegistryName: { 'Fn::GetAtt': ['SchemaRegistry', 'RegistryName'] },
            SchemaName: { 'Fn::Sub': `\${Bus}@${type}` },
            Type: 'JSONSchemaDraft4',
            Content: JSON.stringify(content),
          },
        },
      ]),
    ),
  },
});
