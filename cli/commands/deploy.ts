import { checkNames } from '../catalogue.ts';
import { type Command, type Option, type Parsed, PLACE } from '../command.ts';
import { connect } from '../connection.ts';
import { given, idOf, putRequest, type Request } from '../requests.ts';
import { tableOf } from '../table.ts';
import { timeoutIn, waitFor } from '../waiting.ts';

/** Of every command that asks for something. */
export const ASKING: Readonly<Record<string, Option>> = {
  'request-id': {
    type: 'string',
    value: '<id>',
    description: 'the same id with the same content is one request, however often it is asked',
  },
  actor: { type: 'string', value: '<who>', description: 'who asks: a note in every event' },
  source: { type: 'string', value: '<source>', description: "the event's source; cli unless told otherwise" },
  wait: { type: 'boolean', description: 'wait for the end, and end with its exit code' },
  timeout: { type: 'string', value: '<seconds>', description: 'give up waiting after this long; 7200 unless told otherwise' },
  catalogue: {
    type: 'string',
    value: '<file>',
    description: 'against which names are checked; switchyard.yml, where it is there',
    completes: 'files',
  },
};

/** Where an image comes from, as CI says. */
export const CARRIED: Readonly<Record<string, Option>> = {
  version: { type: 'string', value: '<version>', description: 'carried in every event' },
  commit: { type: 'string', value: '<sha>', description: 'carried in every event' },
  ref: { type: 'string', value: '<ref>', description: 'branch or tag; carried in every event' },
  'run-url': { type: 'string', value: '<url>', description: 'of the CI run; carried in every event' },
  'pull-request': { type: 'string', value: '<number>', description: 'number or address; carried in every event' },
};

export const carriedIn = (parsed: Parsed) => ({
  version: parsed.text('version'),
  commit: parsed.text('commit'),
  ref: parsed.text('ref'),
  actor: parsed.text('actor'),
  pullRequest: parsed.text('pull-request'),
  runUrl: parsed.text('run-url'),
});

export const deploy: Command = {
  spec: {
    name: 'deploy',
    summary: 'deploy an image',
    description:
      'Asks for an image to be deployed to a service of an environment. The image may be named short (the environment’s registry completes it), with a tag, a digest, or both.',
    arguments: [],
    options: {
      ...PLACE,
      image: { type: 'string', value: '<image>', description: 'preprod:v1.2.3, or a full name', required: true },
      force: { type: 'boolean', description: 'although it runs there already, or (with --reason) is quarantined' },
      reason: { type: 'string', value: '<why>', description: 'why; with --force you answer for it' },
      ...CARRIED,
      ...ASKING,
    },
    examples: [
      [
        'switchyard deploy --environment preprod --service api --image preprod:v1.2.3 --wait',
        'deploys, and ends with 0 only if it was verified',
      ],
      [
        'switchyard deploy --environment prod --service api --image prod@sha256:… --request-id $GITHUB_RUN_ID',
        'asks once, however often CI runs it again',
      ],
    ],
    connects: true,
  },
  async run(parsed, io) {
    const environment = parsed.required('environment');
    const service = parsed.required('service');
    await checkNames(environment, service, parsed.text('catalogue'), io);
    const request: Request = {
      type: 'DeployRequested',
      source: parsed.text('source') ?? 'cli',
      detail: {
        environment,
        service,
        ...given({
          image: parsed.text('image'),
          requestId: parsed.text('request-id'),
          reason: parsed.text('reason'),
          force: parsed.is('force'),
          ...carriedIn(parsed),
        }),
      },
    };
    return ask(request, parsed, io);
  },
};

/** Puts the request, says under which id it goes on, and waits if that is wanted. */
export const ask = async (request: Request, ...[parsed, io]: Parameters<Command['run']>): ReturnType<Command['run']> => {
  const timeoutSeconds = timeoutIn(parsed.text('timeout'));
  const connection = connect(parsed, io);
  const event = await putRequest(connection, request);
  const id = await idOf(connection, request, event);
  const json = parsed.is('json');
  io.out(json ? JSON.stringify({ asked: request.detail, event, deployment: id }) : `asked: ${id}`);
  if (!parsed.is('wait')) {
    if (!json) io.err(`switchyard status --deployment ${id} tells what becomes of it`);
    return 'succeeded';
  }
  return waitFor(id, { table: tableOf(connection), io, json, timeoutSeconds });
};
