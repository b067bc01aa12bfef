import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { buildAnswer } from '../answers.ts';
import { codeBuildArn, findBuild, onlyKnown, text } from '../lookup.ts';
import type { CodeBuildStore } from '../model.ts';
import { endBuild } from '../run.ts';

/** One that has ended is answered as it is. */
export const stopBuild: Action<CodeBuildStore> = (store, input) => {
  onlyKnown(input, ['id'], 'StopBuild');
  const id = text(input, 'id') ?? '';
  const build = findBuild(store, id);
  if (build === undefined)
    throw new AwsError('ResourceNotFoundException', `Build cannot be found: ${codeBuildArn(store, 'build', id)}`);
  endBuild(store, build, 'STOPPED');
  return { build: buildAnswer(build) };
};
