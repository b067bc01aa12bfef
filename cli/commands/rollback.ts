import { checkNames } from '../catalogue.ts';
import { type Command, PLACE } from '../command.ts';
import { given } from '../requests.ts';
import { ASKING, ask } from './deploy.ts';

export const rollback: Command = {
  spec: {
    name: 'rollback',
    summary: 'go back to a verified revision',
    description:
      'Goes back from what runs (or is under way) to the newest revision that was verified there, or to the one that --to names (S1.6, S5.4).',
    arguments: [],
    options: {
      ...PLACE,
      reason: { type: 'string', value: '<why>', description: 'why', required: true },
      to: { type: 'string', value: '<what>', description: 'a verified digest, revision, deployment or image' },
      from: { type: 'string', value: '<what>', description: 'what to leave; what runs, unless told otherwise' },
      ...ASKING,
    },
    examples: [
      [
        'switchyard rollback --environment prod --service api --reason "customers complain" --wait',
        'to the newest verified revision',
      ],
      ['switchyard rollback --environment prod --service api --to prod:v1.2.2 --reason "v1.2.3 is slow"', 'to an older tag'],
    ],
    connects: true,
  },
  async run(parsed, io) {
    const environment = parsed.required('environment');
    const service = parsed.required('service');
    await checkNames(environment, service, parsed.text('catalogue'), io);
    const detail = {
      environment,
      service,
      ...given({
        reason: parsed.text('reason'),
        to: parsed.text('to'),
        from: parsed.text('from'),
        requestId: parsed.text('request-id'),
        actor: parsed.text('actor'),
      }),
    };
    return ask({ type: 'RollbackRequested', source: parsed.text('source') ?? 'cli', detail }, parsed, io);
  },
};
