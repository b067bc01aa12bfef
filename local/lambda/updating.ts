import { AwsError } from '../errors.ts';
import { type FunctionConfiguration, revisionIdOf } from './configuration.ts';
import { readySeconds, whyNotReady } from './image-code.ts';
import { isoTime, type LambdaFunction, type LambdaStore, loadCode, type Runnable } from './store.ts';

/** What an update, or a published image, waits for before it runs. */
const UPDATE_SECONDS = 1;

/** While it is under way nothing else is changed (Developer Guide, "Lambda function states", "Function states while updating"). */
export const requireIdle = ({ latest: { configuration } }: LambdaFunction): void => {
  const { state, update, arn } = configuration;
  if (state === 'Pending')
    throw new AwsError(
      'ResourceConflictException',
      `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
      { status: 409 },
    );
  if (update === 'InProgress')
    throw new AwsError(
      'ResourceConflictException',
      `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
      { status: 409 },
    );
};

/** A changed configuration: a revision of its own. */
export const changed = (
  store: LambdaStore,
  configuration: FunctionConfiguration,
  change: Partial<FunctionConfiguration>,
): FunctionConfiguration => {
  const next = { ...configuration, ...change };
  const { generation, state, update, arn } = next;
  return { ...next, revisionId: revisionIdOf(arn, [store.clock.now(), generation, state, update].join(' ')) };
};

/** How long an update takes until what it brings runs. */
export const updateSeconds = (store: LambdaStore, configuration: FunctionConfiguration): number =>
  configuration.image === undefined ? UPDATE_SECONDS : readySeconds(store, configuration);

/** Changes `$LATEST`: under way at first, and what ran before is invoked until it has ended, and afterwards if it fails. */
export const beginUpdate = async (
  store: LambdaStore,
  found: LambdaFunction,
  change: Partial<FunctionConfiguration>,
): Promise<FunctionConfiguration> => {
  const { configuration } = found.latest;
  const lastModified = isoTime(store.clock.now());
  const { why: _, ...before } = configuration;
  const next = changed(store, before, {
    ...change,
    lastModified,
    generation: configuration.generation + 1,
    update: 'InProgress',
    why: { code: 'Creating', reason: 'The function is being created.' },
  });
  found.latest = { configuration: next, loaded: await loadCode(store, next) };
  endUpdateLater(store, found, updateSeconds(store, next));
  return next;
};

/** Also of one that was under way when the cloud was stopped. */
export const endUpdateLater = (store: LambdaStore, found: LambdaFunction, seconds: number): void => {
  const { latest } = found;
  store.clock.after(seconds * 1000, () => {
    if (found.latest === latest) endUpdate(store, found);
  });
};

const endUpdate = (store: LambdaStore, found: LambdaFunction): void => {
  const { configuration, loaded } = found.latest;
  const { why: _, ...before } = configuration;
  const wrong = configuration.image === undefined ? undefined : whyNotReady(store.images, configuration.image.resolved);
  const isNew = configuration.state === 'Pending';
  if (wrong !== undefined) {
    const failed = isNew ? ({ state: 'Failed' } as const) : ({ update: 'Failed' } as const);
    found.latest = { configuration: changed(store, before, { ...failed, why: wrong }), loaded };
    endInVersions(store, found, { state: 'Failed', update: 'Failed', why: wrong });
    return;
  }
  found.latest = { configuration: changed(store, before, { state: 'Active', update: 'Successful' }), loaded };
  found.serving = found.latest;
  endInVersions(store, found, { update: 'Successful' });
};

/** A version that was published while the update was under way ends with it. */
const endInVersions = (
  store: LambdaStore,
  { latest, versions }: LambdaFunction,
  change: Partial<FunctionConfiguration>,
): void => {
  for (const [number, { configuration, loaded }] of versions)
    if (configuration.update === 'InProgress' && configuration.generation === latest.configuration.generation)
      versions.set(number, { configuration: changed(store, configuration, change), loaded });
};

/** A published image is made ready for itself: until then its version is `Pending`. */
export const endPublishingLater = (store: LambdaStore, found: LambdaFunction, version: string): void => {
  store.clock.after(UPDATE_SECONDS * 1000, () => {
    const published = found.versions.get(version);
    if (published?.configuration.state !== 'Pending') return;
    const { why: _, ...before } = published.configuration;
    found.versions.set(version, { ...published, configuration: changed(store, before, { state: 'Active' }) });
  });
};

/** The newest version, if nothing has changed since it was published (API reference, PublishVersion). */
export const unchangedVersion = ({ latest, versions, published }: LambdaFunction): Runnable | undefined => {
  const newest = versions.get(String(published));
  return newest?.configuration.generation === latest.configuration.generation ? newest : undefined;
};

/** `$LATEST` as it is now, under the next number. */
export const publish = (store: LambdaStore, found: LambdaFunction, description?: string): FunctionConfiguration => {
  const { configuration, loaded } = found.latest;
  found.published += 1;
  const version = String(found.published);
  const { why: _, ...before } = configuration;
  const isImage = configuration.image !== undefined;
  const own = changed(store, before, {
    version,
    arn: `${configuration.arn}:${version}`,
    description: description ?? configuration.description,
    lastModified: isoTime(store.clock.now()),
    ...(isImage ? { state: 'Pending', why: { code: 'Creating', reason: 'The function is being created.' } } : {}),
  });
  found.versions.set(version, { configuration: own, loaded });
  if (isImage) endPublishingLater(store, found, version);
  return own;
};
