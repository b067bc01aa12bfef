import { invalidArgument } from '../wire/rest-input.ts';
import { type Input, textOf } from './input.ts';

const SPELLED = { MetadataDirective: 'metadata', TaggingDirective: 'tagging' } as const;

/** Whether a copy keeps what the source has: it does, unless told otherwise (API reference, CopyObject). */
export const directiveIn = (input: Input, member: keyof typeof SPELLED): 'COPY' | 'REPLACE' => {
  const directive = textOf(input, member) ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive;
  throw invalidArgument(`x-amz-${SPELLED[member]}-directive`, directive, `Unknown ${SPELLED[member]} directive.`);
};
