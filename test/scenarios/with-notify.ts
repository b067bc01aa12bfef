import { readFileSync } from 'node:fs';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { startPipeline } from './pipeline.ts';

/** The project's catalogue with another word about who is told: in YAML, for the whole file. */
export const catalogueWith = (notify: string): string => {
  const text = readFileSync(new URL('../../switchyard.yml', import.meta.url), 'utf8');
  return `${text.replace(/^notify:\n(?: .*\n|\n)*/m, '')}\nnotify: ${notify}\n`;
};

/** Puts all that was told into a notifier's queue three times more, the newest first. */
export const tellAgain = async ({ told, sqs }: Awaited<ReturnType<typeof startPipeline>>, QueueUrl: string): Promise<void> => {
  for (const { type, detail } of told.toReversed())
    for (const _ of [1, 2, 3])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ 'detail-type': type, detail }) }));
};

/** Keeps a secret where the catalogue refers to it. */
export const keepSecret = async (
  { access }: Awaited<ReturnType<typeof startPipeline>>,
  Name: string,
  Value: string,
): Promise<void> => {
  await new SSMClient(access).send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
};
