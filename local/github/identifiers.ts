import type { GitHubStore } from './store.ts';

export const randomHexadecimal = ({ random }: Pick<GitHubStore, 'random'>, length: number): string =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
