import { describe, expect, it } from 'vitest';
import { named, ofType, packaged } from '../package/template.ts';

const template = packaged();

const dashboard = (environment: string): string => {
  const [, found] = ofType(template, 'AWS::CloudWatch::Dashboard').find(([id]) => id === `Dashboard${environment}`) ?? [];
  return found?.Properties['DashboardBody']['Fn::Sub'] ?? '';
};

/** S5.7, with S5.1's names. */
describe("S5's dashboards (S5.7)", () => {
  it.each(['dev', 'staging', 'prod'])(
    'show CPU, memory and task count of %s, and link to its logs and CloudTrail',
    (environment) => {
      const body = dashboard(environment);
      const of = `"ClusterName","conflicto-${environment}","ServiceName","conflicto-backend-service-${environment}"`;
      for (const name of ['CPUUtilization', 'MemoryUtilization']) expect(body).toContain(`["AWS/ECS","${name}",${of}]`);
      expect(body).toContain(`"stat":"SampleCount","period":60,"metrics":[["AWS/ECS","CPUUtilization",${of}]]`);
      expect(body).toContain(`log-group/$252Fecs$252Fconflicto-backend-${environment})`);
      expect(body).toContain('cloudtrailv2/home');
    },
  );

  it('show how often it is deployed and how that ends', () => {
    const body = dashboard('prod');
    expect(body).toContain('["${Bus}","Changes","environment","prod"]');
    expect(body).toContain('MetricName=\\"Deployments\\" environment=\\"prod\\"');
  });

  it('ring when a way back fails in any of its environments', () => {
    for (const environment of ['dev', 'staging', 'prod'])
      expect(template.Resources[`FailedRollbackAlarm${environment}`]?.Properties['Dimensions']).toEqual([
        { Name: 'environment', Value: environment },
      ]);
  });
});

/** S2.5, the pipeline's part: its own dashboards, alarms, log retention and sampling are in the package. */
describe("the pipeline's own monitoring as code (S2.5)", () => {
  it('has dashboards, alarms, sampling, and logs that end', () => {
    expect(ofType(template, 'AWS::CloudWatch::Dashboard').length).toBeGreaterThan(0);
    expect(ofType(template, 'AWS::CloudWatch::Alarm').length).toBeGreaterThan(0);
    expect(ofType(template, 'AWS::XRay::SamplingRule')).toHaveLength(1);
    const logs = ofType(template, 'AWS::Logs::LogGroup');
    expect(logs).toHaveLength(ofType(template, 'AWS::Lambda::Function').length);
    for (const [id, { Properties }] of logs) expect(Properties['RetentionInDays'], id).toBe(30);
  });

  it('watches only what is there', () => {
    for (const [id, { Properties }] of ofType(template, 'AWS::CloudWatch::Alarm'))
      for (const { Name, Value } of Properties['Dimensions'] ?? [])
        if (Name === 'QueueName') expect(template.Resources[named(Value)]?.Type, id).toBe('AWS::SQS::Queue');
  });
});
