import type { RepositoryCall } from './action.ts';
import type { Comment, Issue, Repository } from './model.ts';
import { notFound, validationFailed } from './refusal.ts';

export const requiredIssue = ({ repository, parameters: [number] }: Pick<RepositoryCall, 'repository' | 'parameters'>): Issue => {
  const found = repository.issues.find((issue) => issue.number === Number(number));
  if (found === undefined) throw notFound();
  return found;
};

export const requiredComment = ({
  repository,
  parameters: [id],
}: Pick<RepositoryCall, 'repository' | 'parameters'>): { issue: Issue; comment: Comment } => {
  for (const issue of repository.issues)
    for (const comment of issue.comments) if (comment.id === Number(id)) return { issue, comment };
  throw notFound();
};

/** Labels are made where they are first used; a name has at most 50 characters. Their case does not count. */
export const takeLabels = (repository: Repository, names: readonly string[]): readonly string[] => {
  for (const name of names) {
    if (name === '' || [...name].length > 50) throw validationFailed({ resource: 'Label', code: 'invalid', field: 'name' });
  }
  const taken = names.map((name) => {
    const known = [...repository.labels].find((label) => label.toLowerCase() === name.toLowerCase()) ?? name;
    repository.labels.add(known);
    return known;
  });
  return [...new Set(taken)];
};

const LONGEST_TITLE = 256;

export const takeTitle = (title: string): string => {
  if (title.trim() === '') throw validationFailed({ resource: 'Issue', code: 'missing_field', field: 'title' });
  if ([...title].length <= LONGEST_TITLE) return title;
  throw validationFailed({
    resource: 'Issue',
    code: 'custom',
    field: 'title',
    message: `title is too long (maximum is ${LONGEST_TITLE} characters)`,
  });
};
