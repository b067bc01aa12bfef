import type { Revision } from '../../deployment/observations.ts';

/** What Terraform's state says of itself, as far as it is read here (its format, version 4). */
export interface State {
  readonly serial: number;
  readonly lineage: string;
  /** What the module's outputs hold as texts. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a build was told to apply. `tag` is empty where the module is not told it, `digest` where it is not known. */
export interface Given {
  readonly deployment: string;
  readonly tag: string;
  readonly digest: string;
  readonly repository: string;
}

type Version = Pick<State, 'serial' | 'lineage'>;

/** What our builds keep beside the state (`infrastructure/terraform/buildspec.yml`). */
export interface Kept {
  /** The last that was applied to its end, and the state as it was then. */
  readonly applied?: Given & Version;
  /** The last that was begun and has not been applied to its end; `failed`: the state as it left it. */
  readonly begun?: Given & { readonly failed?: Version };
}

/** What is applied now. */
export interface Running {
  readonly revision: Revision;
  /** Whose build has brought it; absent: nobody's, or not one of ours. */
  readonly by?: string;
  /** An apply of ours ended on its way. */
  readonly partly: boolean;
}

/** Nothing was applied yet. */
export const NOTHING: Revision = { id: 'nothing', image: '' };

const object = (value: unknown): Readonly<{ [name: string]: unknown }> | undefined =>
  typeof value === 'object' && value !== null ? (value as { [name: string]: unknown }) : undefined;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const versionIn = (value: unknown): Version | undefined => {
  const found = object(value);
  return typeof found?.['serial'] === 'number' && typeof found['lineage'] === 'string'
    ? { serial: found['serial'], lineage: found['lineage'] }
    : undefined;
};

const givenIn = (value: unknown): Given | undefined => {
  const found = object(value);
  if (typeof found?.['deployment'] !== 'string') return undefined;
  const { deployment, tag, digest, repository } = found;
  return { deployment, tag: text(tag), digest: text(digest), repository: text(repository) };
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** `undefined`: it is no state. */
export const stateIn = (json: string): State | undefined => {
  const found = object(parsed(json));
  const version = versionIn(found);
  if (version === undefined) return undefined;
  const outputs = Object.entries(object(found?.['outputs']) ?? {}).flatMap(([name, output]) => {
    const value = object(output)?.['value'];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { ...version, outputs: Object.fromEntries(outputs) };
};

/** `undefined`: our builds have not written it. */
export const recordIn = (json: string): Kept | undefined => {
  const found = object(parsed(json));
  if (found?.['protocol'] !== 1) return undefined;
  const applied = givenIn(found['applied']);
  const version = versionIn(found['applied']);
  const begun = givenIn(found['begun']);
  const failed = versionIn(object(found['begun'])?.['failed']);
  return {
    ...(applied === undefined || version === undefined ? {} : { applied: { ...applied, ...version } }),
    ...(begun === undefined ? {} : { begun: { ...begun, ...(failed === undefined ? {} : { failed }) } }),
  };
};

const isSame = (one: Version, other: Version): boolean => one.serial === other.serial && one.lineage === other.lineage;

/** `<tag>@<digest>`: what alone is enough to apply it again. */
export const revisionOf = ({ tag, digest, repository }: Pick<Given, 'tag' | 'digest' | 'repository'>): Revision => ({
  id: `${tag}@${digest}`,
  image: digest === '' ? tag : `${repository}@${digest}`,
  ...(digest === '' ? {} : { digest }),
});

/** What is applied, by the state and what our builds say of it. `tagOutput`: the output that tells the tag where somebody else has applied. */
export const runningIn = (state: State | undefined, { applied, begun }: Kept, tagOutput: string | undefined): Running => {
  if (state === undefined) return { revision: NOTHING, partly: false };
  if (applied !== undefined && isSame(applied, state))
    return { revision: revisionOf(applied), by: applied.deployment, partly: false };
  const id = `serial-${state.serial}@${state.lineage}`;
  if (begun !== undefined && (begun.failed === undefined || isSame(begun.failed, state)))
    return { revision: { id, image: '' }, by: begun.deployment, partly: true };
  return { revision: { id, image: (tagOutput === undefined ? undefined : state.outputs[tagOutput]) ?? '' }, partly: false };
};

/** What is to be applied to have a revision again; `undefined`: it does not say. */
export const givenBack = ({ id, image }: Revision): Omit<Given, 'deployment'> | undefined => {
  const [, tag, digest] = /^([^@]*)@(sha256:[0-9a-f]{64})?$/.exec(id) ?? [];
  if (tag !== undefined) return { tag, digest: digest ?? '', repository: image.includes('@') ? (image.split('@')[0] ?? '') : '' };
  return image === '' || id === NOTHING.id ? undefined : { tag: image, digest: '', repository: '' };
};
