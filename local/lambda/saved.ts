import type { Alias } from './aliases.ts';
import { loadedLater, restoreArchive } from './archives.ts';
import type { FunctionConfiguration } from './configuration.ts';
import { openUrl } from './function-urls.ts';
import { imageCode } from './image-code.ts';
import type { LambdaFunction, LambdaStore, Runnable } from './store.ts';
import { endPublishingLater, endUpdateLater, updateSeconds } from './updating.ts';

interface SavedFunction extends Pick<LambdaFunction, 'published'> {
  readonly latest: FunctionConfiguration;
  readonly serving: FunctionConfiguration;
  readonly versions: readonly FunctionConfiguration[];
  readonly aliases: readonly Alias[];
  /** When each was made, by its qualifier. */
  readonly urls: ReadonlyMap<string, string>;
}

/** What is kept: functions whose code is in the registry, or came by a call. The others come with the stack that makes them. */
export interface SavedLambda {
  readonly functions: ReadonlyMap<string, SavedFunction>;
  readonly policies: ReadonlyMap<string, unknown>;
}

const savedFunction = ({ latest, serving, versions, aliases, urls, published }: LambdaFunction): SavedFunction => ({
  published,
  latest: latest.configuration,
  serving: serving.configuration,
  versions: [...versions.values()].map(({ configuration }) => configuration),
  aliases: [...aliases.values()],
  urls: new Map([...urls].map(([qualifier, { createdAt }]) => [qualifier, createdAt])),
});

const ownerIn = (policy: string): string => policy.split(':')[0] ?? '';

export const saveLambda = ({ functions, policies }: LambdaStore): SavedLambda => {
  const kept = new Map([...functions].filter(([, { latest }]) => latest.configuration.codeSha256 !== undefined));
  return {
    functions: new Map([...kept].map(([name, found]) => [name, savedFunction(found)])),
    policies: new Map([...policies].filter(([owner]) => kept.has(ownerIn(owner)))),
  };
};

/** What was under way goes on, from now. */
const goOn = (store: LambdaStore, found: LambdaFunction): void => {
  const { configuration } = found.latest;
  if (configuration.state === 'Pending' || configuration.update === 'InProgress')
    endUpdateLater(store, found, updateSeconds(store, configuration));
  for (const [version, { configuration: published }] of found.versions)
    if (published.state === 'Pending') endPublishingLater(store, found, version);
};

const zipped = (store: LambdaStore, configuration: FunctionConfiguration): Runnable => ({
  configuration,
  loaded: loadedLater(() => store.load(configuration)),
});

export const loadLambda = (store: LambdaStore, { functions, policies }: SavedLambda): void => {
  const runnable = (configuration: FunctionConfiguration): Runnable =>
    configuration.image === undefined
      ? zipped(store, { ...configuration, code: restoreArchive(store.blobs, configuration) })
      : { configuration, loaded: imageCode(store, configuration) };
  // What a stack has just made is as it has made it.
  const kept = [...functions].filter(([name]) => !store.functions.has(name));
  for (const [owner, policy] of policies) if (!store.functions.has(ownerIn(owner))) store.policies.set(owner, policy);
  for (const [name, saved] of kept) {
    const found: LambdaFunction = {
      latest: runnable(saved.latest),
      serving: runnable(saved.serving),
      versions: new Map(saved.versions.map((version) => [version.version, runnable(version)])),
      published: saved.published,
      aliases: new Map(saved.aliases.map((alias) => [alias.name, alias])),
      urls: new Map(),
    };
    store.functions.set(name, found);
    store.permissions.open(name, saved.latest.role);
    goOn(store, found);
    for (const [qualifier, createdAt] of saved.urls) void openUrl(store, name, qualifier, createdAt);
  }
};
