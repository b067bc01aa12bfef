import type { ToldReason, ToldRevision, ToldStopped } from '../../events/generated/outcomes.ts';
import type { DeploymentOutcome } from '../outcome.ts';
import { code, link, prose } from './text.ts';

/** Of a reply in the thread: a section's text has 3,000 characters (Slack, "Section block"). */
const LONGEST = 2800;

const LONGEST_NAME = 300;

const lines = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n');

/** `sha256:0b31b1c02ff4`: enough to be told apart. */
export const shortDigest = (digest: string): string => digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');

export const revisionText = ({ image, digest, id }: ToldRevision): string => {
  const name = code(image.replace(/@sha256:[0-9a-f]+$/, ''), LONGEST_NAME);
  const which = digest === undefined ? '' : ` ${code(shortDigest(digest), 80)}`;
  return `${name}${which} as ${code(id.slice(id.lastIndexOf('/') + 1), LONGEST_NAME)}`;
};

const exitText = ({ exitCode }: ToldStopped): string => (exitCode === undefined ? '' : `, exit code ${exitCode}`);

const stoppedText = (stopped: ToldStopped): string =>
  lines(
    `*A task stopped*${exitText(stopped)}: ${prose(stopped.reason, LONGEST - 700)}`,
    `${code(stopped.task, LONGEST_NAME)} ${prose(stopped.code, 100)}`,
  );

const reasonText = ({ code: kind, message }: ToldReason): string => `${prose(message, LONGEST - 300)} (${code(kind, 80)})`;

const askedText = ({ asked, links, cause }: DeploymentOutcome['detail']): string => {
  const who = asked.actor === undefined ? code(cause.source, 200) : prose(asked.actor, 200);
  const why = asked.reason === undefined ? '' : `: ${prose(asked.reason, 1000)}`;
  const ref = asked.ref === undefined ? '' : ` of ${code(asked.ref, 200)}`;
  const seen = [link(links.run, 'the run that asked'), link(links.pullRequest, 'pull request')];
  return lines(
    `*Asked for* by ${who}${why}`,
    asked.commit === undefined ? '' : `commit ${code(asked.commit, 80)}${ref}`,
    seen.filter((text) => text !== '').join(' · '),
  );
};

type Ended = Extract<DeploymentOutcome, { type: 'DeploymentFailed' }>['detail'];

const verdictText = ({ reason, stopped, notWatched = [], smoke = [], known = [] }: Ended): string => {
  const failed = smoke.filter(({ passed }) => !passed).slice(0, 3);
  const names = (list: readonly string[]): string =>
    list
      .slice(0, 3)
      .map((name) => code(name, 120))
      .join(' ');
  const alarms = notWatched.map((arn) => arn.split(':').at(-1) ?? arn);
  return lines(
    `*How it ended*: ${prose(reason.message, 1200)} (${code(reason.code, 80)})`,
    stopped === undefined ? '' : `a task stopped${exitText(stopped)}: ${prose(stopped.reason, 400)}`,
    ...failed.map(({ name, detail: why = '' }) => `smoke test ${code(name, 100)}: ${prose(why, 150)}`),
    alarms.length === 0 ? '' : `not watched, since they were firing before: ${names(alarms)}`,
    known.length === 0 ? '' : `there are: ${names(known)}`,
  );
};

/** What an event adds in the thread, in mrkdwn; `undefined`: nothing that the message does not say. */
export const detailOf = (outcome: DeploymentOutcome): string | undefined => {
  const { type, detail } = outcome;
  switch (type) {
    case 'DeploymentQueued':
      return askedText(detail);
    case 'DeploymentStarted':
      return lines(
        '*What changes*',
        `from ${detail.before === undefined ? 'nothing that is known' : revisionText(detail.before)}`,
        `to ${revisionText(detail.revision)}`,
      );
    case 'DeploymentProgressed':
      if (detail.stopped !== undefined) return stoppedText(detail.stopped);
      return detail.phase === 'baking' ? undefined : prose(detail.message, LONGEST);
    case 'VerificationFailed':
      return `*A check failed*, after ${detail.checkAttempts} attempts: ${reasonText(detail.reason)}`;
    case 'RollbackStarted':
      return lines(
        `*Going back*: ${reasonText(detail.reason)}`,
        detail.destination === undefined ? '' : `to ${revisionText(detail.destination)}`,
        detail.by === 'target' ? 'by the platform itself' : '',
      );
    case 'CancelRejected':
      return `*A cancel was refused*: ${reasonText(detail.reason)}`;
    case 'VerificationStarted':
    case 'VerificationPassed':
      return undefined;
    case 'DeploymentCancelled':
    case 'DeploymentExpired':
    case 'DeploymentFailed':
    case 'DeploymentRejected':
    case 'DeploymentRolledBack':
    case 'DeploymentSucceeded':
    case 'DeploymentSuperseded':
    case 'RollbackFailed':
    case 'RollbackRejected':
    case 'RollbackSucceeded':
      return verdictText({ ...detail, verdict: 'failed' } as Ended);
  }
};
