import { readdir } from 'node:fs/promises';
import { HOME, type Place } from './place.ts';

/** Of the place that is home. */
export const { account: ACCOUNT, region: REGION } = HOME;

/** Who calls, as the wire tells it: the account that he belongs to, and the region that he calls. */
export interface Caller extends Place {
  /** From the Credential of the Authorization header; tells the functions' roles apart. */
  readonly accessKeyId: string;
  /** `arn:aws:iam::123456789012:user/local`, or the function's role. */
  readonly arn: string;
}

/** What every action knows beside its input. */
export interface CallContext {
  readonly caller: Caller;
  readonly requestId: string;
  /** The cloud's own address as this client reaches it (`http://127.0.0.1:4566`); queue URLs begin with it. */
  readonly endpoint: string;
}

/**
 * One API action of one service: a file of its own, `local/<service>/actions/<kebab-case-name>.ts`, that exports a function
 * of the action's name in camelCase. `input` is the parsed request, members named as in AWS's API reference.
 * Errors are thrown as `AwsError`. The answer is the response's body (`undefined`: an empty one).
 */
export type Action<Store> = (store: Store, input: Readonly<Record<string, unknown>>, context: CallContext) => unknown;

export type Actions<Store> = Readonly<Record<string, Action<Store>>>;

const pascal = (kebab: string) => kebab.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());

/** Read once in a process: the files are its own code. */
const loadedFolders = new Map<string, Promise<Actions<never>>>();

/**
 * Reads a service's folder of actions: `send-message.ts` is `SendMessage`.
 */
export const loadActions = <Store>(folder: URL): Promise<Actions<Store>> => {
  const known = loadedFolders.get(folder.href) ?? readActions<never>(folder);
  loadedFolders.set(folder.href, known);
  return known as unknown as Promise<Actions<Store>>;
};

const readActions = async <Store>(folder: URL): Promise<Actions<Store>> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')).sort();
  const loaded = await Promise.all(
    files.map(async (file): Promise<[string, Action<Store>]> => {
      const name = pascal(file.slice(0, -'.ts'.length));
      const module: Record<string, unknown> = await import(new URL(file, folder).href);
      const action = module[name.charAt(0).toLowerCase() + name.slice(1)];
      if (typeof action !== 'function')
        throw new Error(`${folder.pathname}${file} does not export a function named after ${name}`);
      return [name, action as Action<Store>];
    }),
  );
  return Object.fromEntries(loaded);
};
