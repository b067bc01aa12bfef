import type { TrailRecord } from '../../local/iam/authorizer.ts';
import type { PackagedTemplate } from '../scenarios/pipeline.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** A statement of a packaged role, by the role's logical id and its place in the policy. */
export interface Place {
  readonly role: string;
  readonly index: number;
  readonly actions: readonly string[];
  readonly any: boolean;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

const statementsOf = (template: PackagedTemplate, role: string): readonly Statement[] =>
  template.Resources[role]?.Properties.Policies[0].PolicyDocument.Statement;

/** What Lambda does with a function's role, and no call of the function: the local cloud traces nothing. test/package/monitoring.test.ts asks for it. */
const OF_LAMBDA_ITSELF = 'xray:PutTraceSegments,xray:PutTelemetryRecords';

/** Every statement of every role that is for the function's own calls. */
export const placesIn = (template: PackagedTemplate): readonly Place[] =>
  Object.keys(template.Resources)
    .filter((id) => template.Resources[id]?.Type === 'AWS::IAM::Role')
    .flatMap((role) =>
      statementsOf(template, role).map(({ Action, Resource }, index) => ({
        role,
        index,
        actions: list(Action),
        any: list(Resource).includes('*'),
      })),
    )
    .filter(({ actions }) => actions.join() !== OF_LAMBDA_ITSELF);

export const nameOf = ({ role, index, actions }: Place): string => `${role}, statement ${index} (${actions.join(', ')})`;

/** `switchyard-DeployRole-0A1B…/calls` is a policy of DeployRole. */
const isOf = (policy: string, role: string): boolean => policy.startsWith(`switchyard-${role}-`);

/** Actions that a role allows and that nothing ever called for. */
export const unusedActions = (template: PackagedTemplate, trail: readonly TrailRecord[]): readonly string[] =>
  placesIn(template).flatMap(({ role, index, actions }) =>
    actions
      .filter(
        (action) =>
          !trail.some(
            (call) => call.action === action && call.grants.some((grant) => isOf(grant.policy, role) && grant.index === index),
          ),
      )
      .map((action) => `${role} allows ${action} (statement ${index}), and nothing used it`),
  );

/** The first call that no other statement allows; -1: none. */
export const firstNeeding = ({ role, index }: Place, trail: readonly TrailRecord[]): number =>
  trail.findIndex(
    ({ grants: [only, ...others] }) =>
      only !== undefined && others.length === 0 && isOf(only.policy, role) && only.index === index,
  );

/** Statements without which every call would have been allowed all the same. */
export const needlessStatements = (template: PackagedTemplate, trail: readonly TrailRecord[]): readonly string[] =>
  placesIn(template)
    .filter((place) => firstNeeding(place, trail) === -1)
    .map((place) => `${nameOf(place)} is needless`);

/** `*` without a reason. */
export const unexplained = (template: PackagedTemplate, reasons: Readonly<Record<string, string>>): readonly string[] =>
  placesIn(template)
    .filter(({ any }) => any)
    .flatMap(({ role, actions }) =>
      actions.filter((action) => reasons[action] === undefined).map((action) => `${role}: ${action} on *`),
    );

/** The template with other statements in one role. */
export const withStatements = (
  template: PackagedTemplate,
  role: string,
  change: (statements: readonly Statement[]) => readonly Statement[],
): PackagedTemplate => {
  const copy: PackagedTemplate = structuredClone(template);
  const document = copy.Resources[role]?.Properties.Policies[0].PolicyDocument;
  document.Statement = change(document.Statement);
  return copy;
};

export const without =
  ({ role, index }: Place) =>
  (template: PackagedTemplate): PackagedTemplate =>
    withStatements(template, role, (statements) => statements.filter((_, place) => place !== index));
