import { arn as arnOf, type Here, type Input, type NeedsOf, need, textOf, textsOf } from './need.ts';

const projectArn = (here: Here, nameOrArn: string): string =>
  arnOf(here, 'codebuild', `project/${nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1) || '*'}`);

const onProject = (action: string, member: string) => (input: Input, here: Here) => [
  need(`codebuild:${action}`, projectArn(here, textOf(input, member))),
];

const onProjects = (action: string, names: (input: Input) => readonly string[]) => (input: Input, here: Here) =>
  [...new Set(names(input))].map((name) => need(`codebuild:${action}`, projectArn(here, name)));

/** `project:uuid`, or the whole ARN: a build's permission is its project's. */
const ofBuild = (id: string): string => id.slice(id.lastIndexOf('/') + 1).split(':')[0] ?? '';

/** Service Authorization Reference, "AWS CodeBuild". A project's role is passed to it. */
export const codeBuildNeeds: NeedsOf = {
  BatchGetBuilds: onProjects('BatchGetBuilds', (input) => textsOf(input, 'ids').map(ofBuild)),
  BatchGetProjects: onProjects('BatchGetProjects', (input) => textsOf(input, 'names')),
  CreateProject: (input, here) => [
    ...onProject('CreateProject', 'name')(input, here),
    need('iam:PassRole', textOf(input, 'serviceRole'), { 'iam:PassedToService': 'codebuild.amazonaws.com' }),
  ],
  DeleteProject: onProject('DeleteProject', 'name'),
  ListBuildsForProject: onProject('ListBuildsForProject', 'projectName'),
  StartBuild: onProject('StartBuild', 'projectName'),
  StopBuild: onProjects('StopBuild', (input) => [ofBuild(textOf(input, 'id'))]),
};
