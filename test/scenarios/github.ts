import type { Octokit } from '@octokit/core';
import { KEYS, type StandIn, type StandInOptions, startStandIn, TOKEN } from '../local/github/stand-in.ts';
import { type PipelineOptions, startPipeline } from './pipeline.ts';
import { catalogueWith, keepSecret } from './with-notify.ts';

/** What is done to the pipeline's requests to GitHub. */
export interface Meddling {
  /** `before`: it never arrives; `after`: it takes effect, and the answer is lost; `502`: that is the answer, and it may have arrived. */
  lose?: (request: { readonly method: string; readonly path: string }) => 'before' | 'after' | 502 | undefined;
}

export interface GitHubOptions extends Omit<PipelineOptions, 'catalogue'> {
  /** Other members of `notify`, in YAML. */
  readonly beside?: string;
  /** Members of `notify.github` beside the repository, in YAML. */
  readonly more?: string;
  /** How the pipeline is known: by a token unless told otherwise. */
  readonly by?: string;
  readonly standIn?: Omit<StandInOptions, 'clock' | 'network'>;
}

/** Requests that the pipeline has made of GitHub: `POST /repos/acme/app/issues`. */
export interface WithGitHub {
  readonly pipeline: Awaited<ReturnType<typeof startPipeline>>;
  readonly github: StandIn;
  readonly octokit: Octokit;
  readonly meddling: Meddling;
  readonly requests: string[];
}

/** The pipeline with a repository on GitHub that it tells. What is there is asked of GitHub's API, by another client than the pipeline's. */
export const startWithGitHub = async ({
  more = '',
  beside = '',
  receivers = () => ({}),
  by = "token: '${ssm:/switchyard/github}'",
  standIn = {},
  ...options
}: GitHubOptions = {}): Promise<WithGitHub> => {
  const meddling: Meddling = {};
  const requests: string[] = [];
  const listening: { to?: StandIn } = {};
  const receive: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { address, network } = listening.to ?? {};
    if (address === undefined || network === undefined) throw new TypeError('fetch failed');
    const path = url.pathname + url.search;
    const request = { method: init?.method ?? 'GET', path };
    requests.push(`${request.method} ${url.pathname}`);
    const lost = meddling.lose?.(request);
    if (lost === 'before') throw new TypeError('fetch failed', { cause: new Error('connect ETIMEDOUT') });
    const answer = await network.fetch(`${address}${path}`, init);
    if (lost === 502) return new Response('<html>Bad Gateway</html>', { status: 502, headers: { 'content-type': 'text/html' } });
    if (lost === 'after') throw new TypeError('fetch failed', { cause: new Error('read ECONNRESET') });
    return answer;
  };
  const pipeline = await startPipeline({
    ...options,
    catalogue: catalogueWith(
      `{ github: { repository: acme/app, ${by}${more === '' ? '' : `, ${more}`} }${beside === '' ? '' : `, ${beside}`} }`,
    ),
    receivers: (clock) => ({ ...receivers(clock), 'api.github.com': receive }),
  });
  const github = await startStandIn({ ...standIn, clock: pipeline.clock });
  listening.to = github;
  await keepSecret(pipeline, '/switchyard/github', TOKEN);
  await keepSecret(pipeline, '/switchyard/github-key', KEYS.privateKey);
  return { pipeline, github, octokit: github.as(TOKEN), meddling, requests };
};
