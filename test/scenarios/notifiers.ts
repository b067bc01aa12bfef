import { functionsFor, queuesFor } from '../../scripts/stack/subscribers.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { PackagedTemplate } from './pipeline.ts';

interface Definition {
  readonly name: string;
  readonly handler: string;
  readonly role: string;
  readonly timeout: number;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly sqs: { readonly arn: object; readonly batchSize: number; readonly maximumConcurrency: number };
  }[];
}

/**
 * What the packager makes of the notifiers of a catalogue (test/package/notifiers.test.ts compares it with what it really makes), with the
 * code of another function: in this process the code is not read from there.
 */
export const notifiersOf = (
  catalogue: Catalogue,
  { Resources }: PackagedTemplate,
): Record<string, PackagedTemplate['Resources'][string]> => {
  const { Properties: any } = Resources['RouteLambdaFunction'] ?? {};
  const made = Object.entries(functionsFor(catalogue) as Readonly<Record<string, Definition>>);
  return {
    ...(queuesFor(catalogue).Resources as PackagedTemplate['Resources']),
    ...Object.fromEntries(made.flatMap(([id, definition]) => resourcesOf(capital(id), definition, any))),
  };
};

const capital = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1);

const resourcesOf = (
  id: string,
  { name, handler, role, timeout, environment, events }: Definition,
  any: PackagedTemplate['Resources'][string]['Properties'],
): readonly (readonly [string, PackagedTemplate['Resources'][string]])[] => {
  const FunctionName = name.replace('${self:custom.name}', 'switchyard');
  const [sqs] = events.map((event) => event.sqs);
  const { SWITCHYARD_DEAD_LETTER_URL: _, SWITCHYARD_TIMEOUT_SECONDS: __, ...common } = any.Environment.Variables;
  return [
    [
      `${id}LambdaFunction`,
      {
        Type: 'AWS::Lambda::Function',
        Properties: {
          ...any,
          FunctionName,
          Handler: handler,
          Role: { 'Fn::GetAtt': [role, 'Arn'] },
          Timeout: timeout,
          Environment: { Variables: { ...common, ...environment } },
        },
      },
    ],
    [
      `${id}EventSourceMappingSQS${id}Queue`,
      {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          BatchSize: sqs?.batchSize,
          EventSourceArn: sqs?.arn,
          FunctionName: { 'Fn::GetAtt': [`${id}LambdaFunction`, 'Arn'] },
          Enabled: true,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: sqs?.maximumConcurrency },
        },
      },
    ],
  ];
};
