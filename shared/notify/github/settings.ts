import schema from '../../catalogue/generated/defaults.json' with { type: 'json' };
import type { SourceGithub } from '../../catalogue/generated/types.ts';
import { resolveReferences } from '../../references.ts';
import type { Runtime } from '../../runtime.ts';

type Source = Readonly<SourceGithub>;

/** What the catalogue says of GitHub for one service, with every default filled in. */
export interface GitHubSettings
  extends Required<Pick<Source, 'repository' | 'deployments' | 'transient' | 'pullRequests' | 'issues' | 'labels' | 'report'>>,
    Pick<Source, 'app' | 'token' | 'production' | 'environmentUrl'> {
  readonly owner: string;
  readonly repo: string;
  /** Of the API, without a slash at the end. */
  readonly address: string;
  /** Of the repository's pages. */
  readonly page: string;
  /** GitHub's name of the environment. */
  readonly environment: string;
}

/** GitHub's own API where nothing else is said. */
const PUBLIC = 'https://api.github.com';

/** An Enterprise Server's API is below its pages ("Getting started with the REST API"). */
const pagesOf = (address: string): string => (address === PUBLIC ? 'https://github.com' : address.replace(/\/api\/v3$/, ''));

export const gitHubSettings = (source: Source, environment: string, { settings }: Pick<Runtime, 'settings'>): GitHubSettings => {
  const { apiUrl, repository, app, ...rest } = source;
  const address = (
    apiUrl === undefined ? (settings.githubUrl ?? PUBLIC) : resolveReferences(apiUrl, settings.references)
  ).replace(/\/+$/, '');
  const [owner = '', repo = ''] = repository.split('/');
  return {
    ...schema.github,
    environment,
    report: app === undefined ? 'commit-status' : 'check-run',
    ...rest,
    ...(app === undefined ? {} : { app }),
    repository,
    owner,
    repo,
    address,
    page: `${pagesOf(address)}/${repository}`,
  };
};
