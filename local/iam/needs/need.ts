import { arnAt, type Place } from '../../place.ts';
import type { Need } from '../policy.ts';

export type Input = Readonly<Record<string, unknown>>;

/** What is called: the place, and what only its services know of a call's resources. */
export interface Here {
  readonly place: Place;
  /** The name of a table's partition key; `undefined`: there is no such table. */
  readonly hashKeyOf: (table: string) => string | undefined;
  /** `application/group` of a deployment of CodeDeploy, whose id does not tell it; `undefined`: there is no such deployment. */
  readonly groupOf: (deploymentId: string) => string | undefined;
  /** The tags of a machine that Systems Manager manages. */
  readonly tagsOf: (instance: string) => Readonly<Record<string, string>>;
}

/** What a call needs, by its action's name. An action that is not listed needs the permission of its own name on `*`. */
export type NeedsOf = Readonly<Record<string, (input: Input, here: Here) => readonly Need[]>>;

/** Of a resource that the call names by its name alone. */
export const arn = ({ place }: Pick<Here, 'place'>, service: string, resource: string): string => arnAt(place, service, resource);

export const textOf = (input: Input, name: string): string => {
  const value = input[name];
  return typeof value === 'string' ? value : '';
};

export const listOf = (input: Input, name: string): readonly Input[] => {
  const value = input[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
};

export const textsOf = (input: Input, name: string): readonly string[] => {
  const value = input[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

export const recordOf = (input: Input, name: string): Input => {
  const value = input[name];
  return typeof value === 'object' && value !== null ? (value as Input) : {};
};

export const need = (action: string, resource: string, keys?: Need['keys']): Need => ({
  action,
  resource,
  ...(keys === undefined ? {} : { keys }),
});

/** The condition keys of a call that brings tags (IAM User Guide, aws:RequestTag and aws:TagKeys). */
export const tagKeys = (tags: readonly (readonly [string, string])[]): NonNullable<Need['keys']> => ({
  ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  ...(tags.length === 0 ? {} : { 'aws:TagKeys': tags.map(([key]) => key) }),
});
