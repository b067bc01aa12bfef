import { readFileSync } from 'node:fs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { startPipeline } from './pipeline.ts';

/** The project's catalogue with another word about who is told: in YAML, for the whole file. */
export const catalogueWith = (notify: string): string => {
  const text = readFileSync(new URL('../../switchyard.yml', import.meta.url), 'utf8');
  return `${text.replace(/^notify:\n(?: .*\n|\n)*/m, '')}\nnotify: ${notify}\n`;
};

/** Keeps a secret where the catalogue refers to it. */
export const keepSecret = async (
  { access }: Awaited<ReturnType<typeof startPipeline>>,
  Name: string,
  Value: string,
): Promise<void> => {
  await new SSMClient(access).send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
};
