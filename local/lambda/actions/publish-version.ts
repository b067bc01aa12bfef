import type { Action } from '../../service.ts';
import { requireRevision } from '../aliases.ts';
import { describeFunction } from '../describe.ts';
import { invalid } from '../errors.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';
import { publish, requireIdle, unchangedVersion } from '../updating.ts';

/** A version of what `$LATEST` is; the newest one, if nothing has changed since that was published. */
export const publishVersion: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'CodeSha256', 'Description', 'RevisionId']);
  const found = functionOf(store, requiredText(input, 'FunctionName'));
  requireIdle(found);
  const { codeSha256, revisionId } = found.latest.configuration;
  requireRevision(textOf(input, 'RevisionId'), revisionId);
  const asked = textOf(input, 'CodeSha256');
  if (asked !== undefined && asked !== codeSha256)
    throw invalid(
      `CodeSHA256 (${asked}) is different from current CodeSHA256 in $LATEST (${codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  return describeFunction(unchangedVersion(found)?.configuration ?? publish(store, found, textOf(input, 'Description')));
};
