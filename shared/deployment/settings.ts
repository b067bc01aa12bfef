export interface HealthSettings {
  /** Absolute; references are resolved when the function starts, so this is the text of the catalogue. */
  readonly url: string;
  /** The same for test traffic, where the target has any. */
  readonly testUrl?: string;
  readonly attempts: number;
  readonly timeoutSeconds: number;
}

export interface HttpSmokeTest {
  readonly name: string;
  readonly url: string;
  readonly testUrl?: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expect: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly contains?: string;
    /** By JSON path (RFC 9535): one of the values there has to be this one. */
    readonly json: Readonly<Record<string, string | number | boolean | null>>;
  };
  readonly timeoutSeconds: number;
  readonly withinMilliseconds?: number;
}

export interface LambdaSmokeTest {
  readonly name: string;
  /** Name or ARN. */
  readonly function: string;
  readonly timeoutSeconds: number;
  readonly withinMilliseconds?: number;
}

export type SmokeTest = HttpSmokeTest | LambdaSmokeTest;

export interface SmokeSettings {
  readonly attempts: number;
  readonly tests: readonly SmokeTest[];
}

/** A service's entry of the catalogue with all defaults filled in; stored with the deployment at acceptance. */
export interface Settings {
  /** With several sites: the service's in the first one. */
  readonly target: TargetSettings;
  /** Absent: where the pipeline is, in the functions' own name, and one target alone. In the order of their waves. */
  readonly sites?: readonly Site[];
  readonly health?: HealthSettings;
  readonly smoke?: SmokeSettings;
  /** ARNs, of all sites. */
  readonly alarms: readonly string[];
  /** Reject instead of going ahead while an alarm fires already. */
  readonly requireOk: boolean;
  readonly bakeSeconds: number;
  readonly rolloutSeconds: number;
  readonly rollbackSeconds: number;
  readonly rollbackWindowSeconds: number;
  readonly waitSeconds: number;
  readonly maxAgeSeconds: number;
  readonly maxWaiting: number;
}

/** An account and a region in which a service, or what it stands on, is, and what it is there. */
export interface Site {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Counts from 0: sites of one wave are rolled out together, and the next when these are verified. */
  readonly wave: number;
  /** ARN of the role in which everything there is reached; absent: in the functions' own name. */
  readonly role?: string;
  /** What the service there stands on: it has its turn in a wave before it, and goes back after it. It serves nobody itself. */
  readonly infrastructure?: true;
  readonly target: TargetSettings;
  readonly health?: HealthSettings;
  readonly smoke?: SmokeSettings;
}

/** `kind` says which file of `shared/targets/` reads the rest. */
export interface TargetSettings {
  readonly kind: string;
  readonly [key: string]: unknown;
}
