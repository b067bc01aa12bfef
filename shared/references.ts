import { FinalError } from './errors.ts';

const REFERENCE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Puts the values of the function's environment into a text of the catalogue. */
export const resolveReferences = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(REFERENCE, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === '') {
      throw new FinalError(
        'reference-unset',
        `cannot resolve \${env:${name}} of the catalogue: the function has no environment variable of that name`,
      );
    }
    return value;
  });
