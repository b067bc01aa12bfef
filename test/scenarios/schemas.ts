import { readdirSync } from 'node:fs';

type Validate = {
  (data: unknown): boolean;
  errors?: readonly { instancePath: string; message?: string; params?: unknown }[] | null;
};

const FOLDER = new URL('../../shared/events/generated/validators/', import.meta.url);

const loaded = await Promise.all(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.mjs'))
    .map(
      async (file): Promise<[string, Validate]> => [
        file.slice(0, -'.mjs'.length),
        (await import(new URL(file, FOLDER).href)).validate,
      ],
    ),
);

const VALIDATORS: ReadonlyMap<string, Validate> = new Map(loaded);

/** What is wrong with an event's detail, by its schema; `undefined`: nothing. */
export const schemaProblem = (type: string, detail: unknown): string | undefined => {
  const validate = VALIDATORS.get(type);
  if (validate === undefined) return `there is no schema for ${type}`;
  if (validate(detail)) return undefined;
  const told = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  return `${type} does not fit its schema: ${told.join('; ')}: ${JSON.stringify(detail)}`;
};
