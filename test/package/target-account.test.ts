import { describe, expect, it } from 'vitest';
import { targetAccount } from '../../infrastructure/target-account/template.ts';
import { rolesFor } from '../../scripts/stack/roles.ts';
import { HERE, rulesFor } from '../../scripts/stack/rules.ts';
import { formatProblems, readCatalogue } from '../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../shared/catalogue/resolve.ts';

const OTHER = '210987654321';
const PIPELINE = { account: '123456789012', region: 'eu-west-1', stack: 'switchyard' };

const catalogue = (services: number, where = PIPELINE) => {
  const text = `environments:
  prod:
    registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
    sites:
      home: { region: eu-west-1, wave: 1 }
      us: { region: us-east-1, wave: 2, role: 'arn:aws:iam::${OTHER}:role/deploys/prod' }
      asia: { region: ap-south-1, wave: 3, role: 'arn:aws:iam::${OTHER}:role/deploys/prod' }
    services:
${Array.from({ length: services }, (_, index) => `      service-with-a-long-name-${index}: { target: { kind: ecs-rolling, cluster: cluster-${index}, container: app } }`).join('\n')}
`;
  const read = readCatalogue(text);
  if ('problems' in read) throw new Error(formatProblems('switchyard.yml', read.problems));
  return resolveCatalogue(read.source, where);
};

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are read as they come
type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: any }>>;

const needed = (region: string, services = 1, account = OTHER): Resources =>
  (targetAccount(catalogue(services), { account, region }, PIPELINE) as { readonly Resources: Resources }).Resources;

const FORWARDING = ['Forwarding', 'ForwardingPushes', 'ForwardingScans', 'ForwardingRole'];

describe('what an account needs to be deployed to', () => {
  it('is its role once, and in every region the rule that passes on what AWS tells there', () => {
    expect(Object.keys(needed('us-east-1'))).toEqual(['Role', ...FORWARDING]);
    expect(Object.keys(needed('ap-south-1'))).toEqual(FORWARDING);
    expect(Object.keys(needed('eu-west-1', 1, PIPELINE.account))).toEqual([]);
    expect(() => needed('eu-central-1')).toThrow(
      'it knows: 123456789012 eu-west-1, 210987654321 us-east-1, 210987654321 ap-south-1',
    );
  });

  it('reaches the things of the catalogue in every region of the role, and no others', () => {
    const statements = needed('us-east-1')['Role']?.Properties.Policies[0].PolicyDocument.Statement;
    const arns = statements
      .flatMap(({ Resource }: { readonly Resource: readonly string[] }) => Resource)
      .filter((arn: string) => arn !== '*');
    expect(arns.length).toBeGreaterThan(0);
    for (const arn of arns) expect(arn).toMatch(/^arn:aws:ecs:(us-east-1|ap-south-1):210987654321:/);
    expect(arns).toContain('arn:aws:ecs:ap-south-1:210987654321:service/cluster-0/service-with-a-long-name-0');
  });

  // IAM User Guide, "IAM and AWS STS quotas": 10,240 characters of a role's inline policies, 6,144 of a managed one
  it('is divided where one policy has no room for it', () => {
    const resources = Object.values(needed('us-east-1', 40));
    const role = resources.find(({ Type, Properties }) => Type === 'AWS::IAM::Role' && Properties.RoleName === 'prod');
    const managed = resources.filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy');
    expect(JSON.stringify(role?.Properties.Policies[0].PolicyDocument).length).toBeLessThanOrEqual(10_240);
    expect(managed.length).toBeGreaterThan(0);
    for (const { Properties } of managed) {
      expect(Properties.Roles).toEqual([{ Ref: 'Role' }]);
      expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThanOrEqual(6144);
    }
  });
});

describe('the pipeline of a catalogue with sites', () => {
  const packaged = catalogue(1, { ...HERE, stack: '' });

  it('reaches other accounts in their roles alone (I10)', () => {
    const text = JSON.stringify(rolesFor(packaged).Resources);
    expect(text.match(new RegExp(`arn:aws:[a-z]*:[^"]*${OTHER}[^"]*`, 'g'))).toEqual(
      Array.from({ length: 3 }, () => `arn:aws:iam::${OTHER}:role/deploys/prod`),
    );
  });

  it('hears what rules of those accounts pass on, and admits nothing else of them', () => {
    const { Resources } = rulesFor(packaged) as unknown as { readonly Resources: Resources };
    expect(Resources['ForwardingRule']?.Properties.EventPattern).toMatchObject({
      source: ['aws.cloudwatch', 'aws.ecs', 'aws.codedeploy', 'aws.ssm', 'aws.codebuild'],
      account: [{ 'Fn::Sub': HERE.account }, OTHER],
    });
    expect(Resources[`From${OTHER}`]?.Properties.Statement).toMatchObject({
      Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
      Action: 'events:PutEvents',
      Condition: {
        StringEquals: {
          'events:source': [
            'aws.cloudwatch',
            'aws.ecs',
            'aws.codedeploy',
            'aws.ssm',
            'aws.codebuild',
            'aws.ecr',
            'aws.inspector2',
          ],
        },
      },
    });
  });

  it('has neither rule nor policy for others where it has no sites', () => {
    const { Resources } = rulesFor({ ...packaged, services: [] });
    expect(Object.keys(Resources).filter((name) => name.startsWith('F'))).toEqual([]);
  });
});
