import type { Action } from '../../service.ts';
import { requireRevision } from '../aliases.ts';
import { architectureOf, codeIn } from '../code-requests.ts';
import { describeFunction } from '../describe.ts';
import { invalid } from '../errors.ts';
import { booleanOf, onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, LATEST_ONLY, type LambdaStore, qualifierOf } from '../store.ts';
import { beginUpdate, publish, requireIdle } from '../updating.ts';

/** Puts other code into `$LATEST`; a tag is resolved now. Under way at first, and while it is nothing else is changed. */
export const updateFunctionCode: Action<LambdaStore> = async (store, input, context) => {
  onlyMembers(input, [
    'FunctionName',
    'Architectures',
    'DryRun',
    'ImageUri',
    'Publish',
    'RevisionId',
    'S3Bucket',
    'S3Key',
    'S3ObjectVersion',
    'ZipFile',
  ]);
  const reference = requiredText(input, 'FunctionName');
  if (qualifierOf(store, reference) !== '$LATEST') throw invalid(LATEST_ONLY);
  const found = functionOf(store, reference);
  const { configuration } = found.latest;
  const packageType = configuration.image === undefined ? 'Zip' : 'Image';
  const { ZipFile, ImageUri, S3Bucket, S3Key, S3ObjectVersion } = input;
  const named = { ZipFile, ImageUri, S3Bucket, S3Key, S3ObjectVersion };
  const code = codeIn(store, named, packageType, context);
  requireIdle(found);
  requireRevision(textOf(input, 'RevisionId'), configuration.revisionId);
  const change = { ...code, architecture: architectureOf(input, configuration.architecture) };
  if (booleanOf(input, 'DryRun') === true) return describeFunction({ ...configuration, ...change });
  const updated = await beginUpdate(store, found, change);
  return describeFunction(booleanOf(input, 'Publish') === true ? publish(store, found) : updated);
};
