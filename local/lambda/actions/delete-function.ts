import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { aliasesOn } from '../aliases.ts';
import { invalid } from '../errors.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, type LambdaStore, qualifierOf, removeFunction, versionOf } from '../store.ts';

/**
 * A function, or one version of it that no alias needs. A function's event source mappings stay (API reference, DeleteFunction); without
 * it they do not poll.
 */
export const deleteFunction: Action<LambdaStore> = async (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier']);
  const reference = requiredText(input, 'FunctionName');
  const given = textOf(input, 'Qualifier');
  const qualifier = qualifierOf(store, reference, given);
  if (given === undefined && qualifier === '$LATEST') return removeFunction(store, reference);
  if (qualifier === '$LATEST') throw invalid('$LATEST version cannot be deleted without deleting the function.');
  const found = functionOf(store, reference);
  if (found.aliases.has(qualifier)) throw invalid('Deletion of aliases is not currently supported.');
  const { configuration } = versionOf(store, reference, qualifier);
  const aliases = aliasesOn(found, configuration.version);
  if (aliases.length > 0)
    throw new AwsError(
      'ResourceConflictException',
      `Unable to delete version because the following aliases reference it: [${aliases.join(', ')}]`,
      { status: 409 },
    );
  found.versions.delete(configuration.version);
  return undefined;
};
