import { SwitchyardError } from './errors.ts';
import type { RuntimeSettings } from './runtime.ts';

/** Every environment variable of the functions, beside those of the catalogue's references. */
const NAMES = {
  account: 'SWITCHYARD_ACCOUNT',
  region: 'AWS_REGION',
  table: 'SWITCHYARD_TABLE',
  bus: 'SWITCHYARD_BUS',
  inboxUrl: 'SWITCHYARD_INBOX_URL',
  deploy: 'SWITCHYARD_DEPLOY_URL',
  verify: 'SWITCHYARD_VERIFY_URL',
  rollback: 'SWITCHYARD_ROLLBACK_URL',
  promote: 'SWITCHYARD_PROMOTE_URL',
  deadLetterUrl: 'SWITCHYARD_DEAD_LETTER_URL',
  timeoutSeconds: 'SWITCHYARD_TIMEOUT_SECONDS',
} as const;

/** Those that only some functions have. */
const OF_SOME = {
  queueUrl: 'SWITCHYARD_QUEUE_URL',
  slackUrl: 'SWITCHYARD_SLACK_URL',
  githubUrl: 'SWITCHYARD_GITHUB_URL',
  webhooksUrl: 'SWITCHYARD_WEBHOOKS_URL',
} as const;

/**
 * The function's settings. `references` are the names that the catalogue uses in `${env:NAME}`. Throws one error that names
 * every variable that is missing, or one that says what is wrong with the timeout.
 */
export const readSettings = (
  environment: Readonly<Record<string, string | undefined>>,
  references: readonly string[],
): RuntimeSettings => {
  const missing = [...Object.values(NAMES), ...references].filter((name) => (environment[name] ?? '') === '');
  if (missing.length > 0) {
    throw new SwitchyardError(
      'environment',
      `cannot start the function: its environment lacks ${missing.join(', ')}; set them where it is packaged`,
    );
  }
  const read = (name: string) => environment[name] ?? '';
  const timeout = read(NAMES.timeoutSeconds);
  if (!/^[1-9][0-9]*$/.test(timeout)) {
    throw new SwitchyardError(
      'environment',
      `cannot start the function: ${NAMES.timeoutSeconds} is "${timeout}", and must be its timeout in whole seconds`,
    );
  }
  return {
    account: read(NAMES.account),
    region: read(NAMES.region),
    table: read(NAMES.table),
    bus: read(NAMES.bus),
    inboxUrl: read(NAMES.inboxUrl),
    queueUrls: {
      deploy: read(NAMES.deploy),
      verify: read(NAMES.verify),
      rollback: read(NAMES.rollback),
      promote: read(NAMES.promote),
    },
    deadLetterUrl: read(NAMES.deadLetterUrl),
    timeoutSeconds: Number(timeout),
    ...Object.fromEntries(
      Object.entries(OF_SOME).flatMap(([name, variable]) => (read(variable) === '' ? [] : [[name, read(variable)]])),
    ),
    references: Object.fromEntries(references.map((name) => [name, read(name)])),
  };
};
