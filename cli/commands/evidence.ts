import type { Command } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError } from '../errors.ts';
import { given, putRequest } from '../requests.ts';

export const evidence: Command = {
  spec: {
    name: 'evidence',
    summary: 'tell what was found of an image',
    description:
      'Records for the digest that an image names what its tests, or a scanner in CI, have found. Promotions that ask for evidence of this kind wait for it; the newest counts.',
    arguments: [],
    options: {
      image: { type: 'string', value: '<image>', description: 'by digest, if its tag may move', required: true },
      kind: { type: 'string', value: '<kind>', description: 'tests, scan, or what the catalogue asks for', required: true },
      tool: { type: 'string', value: '<tool>', description: 'which tool says so', required: true },
      passed: { type: 'boolean', description: 'it has passed' },
      failed: { type: 'boolean', description: 'it has not' },
      environment: {
        type: 'string',
        value: '<name>',
        description: 'whose registry completes a short name',
        completes: 'environments',
      },
      url: { type: 'string', value: '<url>', description: 'where it can be read' },
      actor: { type: 'string', value: '<who>', description: 'who says so: a note' },
      source: { type: 'string', value: '<source>', description: "the event's source; cli unless told otherwise" },
    },
    examples: [
      [
        'switchyard evidence --image preprod@sha256:… --kind tests --tool vitest --passed',
        'lets it go where tests are asked for',
      ],
    ],
    connects: true,
  },
  async run(parsed, io) {
    if (parsed.is('passed') === parsed.is('failed'))
      throw new CliError('usage', 'switchyard evidence needs one of --passed and --failed');
    const connection = connect(parsed, io);
    const detail = {
      image: parsed.required('image'),
      kind: parsed.required('kind'),
      tool: parsed.required('tool'),
      passed: parsed.is('passed'),
      ...given({ environment: parsed.text('environment'), url: parsed.text('url'), actor: parsed.text('actor') }),
    };
    const event = await putRequest(connection, { type: 'EvidenceRecorded', source: parsed.text('source') ?? 'cli', detail });
    io.out(parsed.is('json') ? JSON.stringify({ recorded: detail, event }) : `told: event ${event}`);
    return 'succeeded';
  },
};
