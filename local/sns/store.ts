import { AwsError } from '../errors.ts';
import { arnAt } from '../place.ts';
import type { Basics } from '../ports.ts';

/** An e-mail, as it leaves SNS. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Where e-mail arrives. */
export type Post = (mail: Mail) => void;

export interface Subscription {
  readonly arn: string;
  readonly address: string;
  /** Of the confirmation; it stays what it was. */
  readonly token: string;
  readonly confirmed: boolean;
}

export interface Topic {
  readonly arn: string;
  /** By ARN, in the order in which they were made. */
  readonly subscriptions: Map<string, Subscription>;
}

export interface SnsStore extends Basics {
  /** By ARN. */
  readonly topics: Map<string, Topic>;
  readonly post: Post;
}

export const createSnsStore = (basics: Basics, post: Post | undefined): SnsStore => ({
  ...basics,
  topics: new Map(),
  post: post ?? (() => undefined),
});

/** API reference, "Common Errors" of each action: in the Query protocol, which SNS speaks, without "Exception". */
export const invalidParameter = (what: string): AwsError =>
  new AwsError('InvalidParameterException', `Invalid parameter: ${what}`, { queryCode: 'InvalidParameter' });

export const topicArn = ({ place }: SnsStore, name: string): string => arnAt(place, 'sns', name);

export const findTopic = ({ topics }: SnsStore, arn: unknown): Topic => {
  const found = topics.get(String(arn ?? ''));
  if (found === undefined)
    throw new AwsError('NotFoundException', 'Topic does not exist', { status: 404, queryCode: 'NotFound' });
  return found;
};

/** Members that would be taken and ignored are refused, by name. */
export const onlyKnows = (input: Readonly<Record<string, unknown>>, known: readonly string[]): void => {
  const isEmpty = (value: unknown) =>
    value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  const other = Object.keys(input).find((name) => !known.includes(name) && !isEmpty(input[name]));
  if (other !== undefined) throw invalidParameter(`${other}: the local cloud does not know it`);
};

/** Version 4 of what UUIDs are made of. */
export const newId = ({ random }: SnsStore): string => {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
};
