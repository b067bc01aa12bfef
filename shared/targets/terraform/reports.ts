import type { Failure } from '../../deployment/observations.ts';
import type { Applying } from './builds.ts';
import { type Config, stateOf } from './config.ts';
import { TERRAFORM_FAILURES } from './refusals.ts';

/** What a plan does, as Terraform counts it: a replacement is one to add and one to destroy. */
interface Plan {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly resources: readonly { readonly address: string; readonly action: string }[];
}

/** What a build has said, beside the state. */
export interface Report {
  /** `planned`, `applied`, or one of `TERRAFORM_FAILURES`. */
  readonly code: string;
  readonly message: string;
  readonly plan?: Plan;
}

const SHOWN = 20;

const isPlan = (value: unknown): value is Plan =>
  typeof value === 'object' &&
  value !== null &&
  'add' in value &&
  'change' in value &&
  'destroy' in value &&
  'resources' in value &&
  Array.isArray(value.resources);

/** `undefined`: no report. */
export const reportIn = (json: string): Report | undefined => {
  try {
    const { code, message, plan } = JSON.parse(json) as { readonly [name: string]: unknown };
    if (typeof code !== 'string' || typeof message !== 'string') return undefined;
    return { code, message, ...(isPlan(plan) ? { plan } : {}) };
  } catch {
    return undefined;
  }
};

const logOf = ({ log }: Applying): string => (log === undefined ? '' : `; its log: ${log}`);

const summary = ({ add, change, destroy, resources }: Plan): string => {
  const shown = resources.slice(0, SHOWN).map(({ address, action }) => `${action} ${address}`);
  const more = resources.length > SHOWN ? [`and ${resources.length - SHOWN} more`] : [];
  const named = resources.length === 0 ? '' : `: ${[...shown, ...more].join(', ')}`;
  return `${add} to add, ${change} to change, ${destroy} to destroy${named}`;
};

/** What was under way when it failed. */
const planOf = ({ code, plan }: Report): string =>
  plan === undefined || code !== 'apply-failed' ? '' : `; the plan was ${summary(plan)}`;

/** The plan in a sentence; `undefined`: there is none yet. */
export const noteOf = (report: Report | undefined, build: Applying): string | undefined =>
  report?.plan === undefined ? undefined : `Terraform's plan: ${summary(report.plan)}${logOf(build)}`;

const isFailure = (code: string): code is keyof typeof TERRAFORM_FAILURES => Object.hasOwn(TERRAFORM_FAILURES, code);

/** Why a build that has ended did not apply what it was told to. What Terraform meets with is no evidence against an image. */
export const failureOf = (config: Config, build: Applying, report: Report | undefined): Failure => {
  if (report !== undefined && isFailure(report.code))
    return { code: report.code, message: `${report.message}${planOf(report)}${logOf(build)}`, evidence: false };
  const told = build.told === '' ? 'CodeBuild gives no reason' : build.told;
  const message = `the build that applies to ${stateOf(config)} ended as ${build.status}: ${told}${logOf(build)}`;
  return { code: 'build-failed', message, evidence: false };
};
