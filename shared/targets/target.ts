import type { Current, Failure, Observation, Revision, Rollout } from '../deployment/observations.ts';
import type { TargetSettings } from '../deployment/settings.ts';
import type { ResolvedImage } from '../deployment/types.ts';

export interface Where {
  readonly account: string;
  readonly region: string;
}

/** One IAM statement's worth of a method's needs. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Needed where `resources` is `*`: why AWS cannot narrow it. */
  readonly why?: string;
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export type TargetMethod = 'current' | 'start' | 'observe' | 'restore' | 'proceed';

export type Permissions = Readonly<Record<Exclude<TargetMethod, 'proceed'>, readonly Statement[]>> & {
  readonly proceed?: readonly Statement[];
};

/** How a request names what is to be deployed, as far as it does. */
export interface Naming {
  readonly tag?: string;
  readonly version?: string;
  readonly commit?: string;
}

/** What a target is told about the deployment it works for. */
export interface Job<Config extends TargetSettings = TargetSettings> {
  /** Goes where the target can carry it (ECS: a tag of the task definition), so that our own work is found again. */
  readonly deployment: string;
  /** The rollback that asks, where `deployment` is what it leaves. */
  readonly rollback?: string;
  readonly config: Config;
  readonly image?: ResolvedImage;
  /** What the request calls it by. */
  readonly named?: Naming;
  /** What ran before the first call. */
  readonly before?: Current;
  /** The rollout that this deployment began. */
  readonly rollout?: Rollout;
  /** The rollout that brings the destination back. */
  readonly restore?: Rollout;
  /** What a rollout, and the way back, may take at most; absent: nobody counts. */
  readonly allowedSeconds?: number;
  /** Of several sites: the wave under way; absent: all of them are concerned. */
  readonly wave?: number;
  /** A person has named where to go: that nothing was begun, and what ran before runs on, is not enough. */
  readonly exactly?: true;
  /** The start, or the restore, was begun before and its answer is not known: look for it first. */
  readonly again: boolean;
}

/** What `start` answers. A throttle, a timeout or a bug is thrown. */
export type Started =
  /** `lookInSeconds`: where no event will tell what comes next. */
  | { readonly kind: 'started'; readonly rollout: Rollout; readonly desired: number; readonly lookInSeconds?: number }
  /** The answer is no, and nothing was changed; `begun`: but in another site, or by an earlier call. */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly begun?: true };

/** What `restore` answers. */
export type Restored =
  /** The call was made: `rollout` brings the destination. */
  | { readonly kind: 'called'; readonly rollout: Rollout }
  /** The destination runs, or is on its way already. */
  | { readonly kind: 'nothing'; readonly rollout?: Rollout; readonly settled: boolean }
  /** The target itself is undoing our rollout: watch. */
  | { readonly kind: 'watch' }
  | { readonly kind: 'taken-over'; readonly running: Revision; readonly message: string }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** What `current` answers. */
export type Looked =
  | { readonly kind: 'current'; readonly current: Current }
  | { readonly kind: 'refused'; readonly failure: Failure };

/**
 * How one kind of thing is deployed. Every method may be called twice with the same job.
 * "No" is a value; what may be different next time (throttle, timeout) is thrown, and so is "not yet" (`NotYetError`).
 */
export interface Target<Config extends TargetSettings = TargetSettings> {
  readonly kind: Config['kind'];
  /** JSON Schema of the catalogue's `target` entry. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** IAM statements, per method that it has: each role gets those of the methods that its handler calls. */
  readonly permissions: (config: Config, where: Where) => Permissions;
  /** What runs now: enough, alone, to come back to it. */
  current(job: Job<Config>): Promise<Looked>;
  /** Begins the rollout of `job.image`; finds it, if it was begun already (`job.again`). */
  start(job: Job<Config>): Promise<Started>;
  /** The truth about `rollout` (the deployment's own, or the one that restores), asked of AWS. */
  observe(job: Job<Config>, rollout: Rollout): Promise<Observation>;
  /** Goes back to `to`; works from any half-done state. */
  restore(job: Job<Config>, to: Revision): Promise<Restored>;
  /**
   * Of a target that waits for us ("paused"): lets it go on. The pause's name is a token: asked again, or late, it does nothing. What is
   * refused is thrown, too: the next look tells why.
   */
  proceed?(job: Job<Config>, rollout: Rollout, pause: string): Promise<void>;
}
