/** What a project may do is said here, and no more; what its module manages is the team's to say (`policies`). */
export interface ProjectOptions {
  /** CodeBuild's, and the catalogue's `project`. */
  readonly name: string;
  /** The module: `bucket/path/to/source.zip`. */
  readonly source: string;
  readonly stateBucket: string;
  /** What the keys of its states begin with: `prod/`; empty: all of the bucket. */
  readonly stateKeys: string;
  readonly lockTable?: string;
  /** Names in the pipeline's registry, whose tags are told to the module. */
  readonly repositories: readonly string[];
  /** ARNs of managed policies: what Terraform needs for what the module manages. */
  readonly policies: readonly string[];
  /** Downloaded from HashiCorp where the image has another, or none. */
  readonly terraformVersion: string;
  /** Minutes that one apply may take. */
  readonly timeoutInMinutes: number;
}

const IMAGE = 'aws/codebuild/amazonlinux-x86_64-standard:5.0';

const allow = (Action: readonly string[], Resource: readonly unknown[]) => ({ Effect: 'Allow', Action, Resource });

const sub = (text: string) => ({ 'Fn::Sub': text });

/**
 * Reading and writing states and what is kept beside them; deleting locks alone. Without ListBucket a state that is not there yet is denied,
 * and not missing (Amazon S3 API reference, GetObject; Terraform, "S3 backend", permissions).
 */
const statements = ({ name, source, stateBucket, stateKeys, lockTable, repositories }: ProjectOptions) => [
  allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/codebuild/${name}:*`)],
  ),
  allow(['s3:GetObject', 's3:GetObjectVersion'], [sub(`arn:\${AWS::Partition}:s3:::${source}`)]),
  allow(['s3:GetObject', 's3:PutObject'], [sub(`arn:\${AWS::Partition}:s3:::${stateBucket}/${stateKeys}*`)]),
  allow(['s3:DeleteObject'], [sub(`arn:\${AWS::Partition}:s3:::${stateBucket}/${stateKeys}*.tflock`)]),
  allow(['s3:ListBucket'], [sub(`arn:\${AWS::Partition}:s3:::${stateBucket}`)]),
  ...(lockTable === undefined
    ? []
    : [
        allow(
          ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
          [sub(`arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${lockTable}`)],
        ),
      ]),
  ...(repositories.length === 0
    ? []
    : [
        allow(
          ['ecr:DescribeImages'],
          repositories.map((repository) =>
            sub(`arn:\${AWS::Partition}:ecr:\${AWS::Region}:\${AWS::AccountId}:repository/${repository}`),
          ),
        ),
      ]),
];

/** The project, its role and its log group, as a CloudFormation template. `buildspec`: the text of `buildspec.yml`. */
export const terraformProject = (options: ProjectOptions, buildspec: string) => {
  const { name, source, policies, terraformVersion, timeoutInMinutes } = options;
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Applies ${source} for switchyard`,
    Resources: {
      Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/aws/codebuild/${name}`, RetentionInDays: 90 } },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
          Policies: [{ PolicyName: 'calls', PolicyDocument: { Version: '2012-10-17', Statement: statements(options) } }],
          ...(policies.length === 0 ? {} : { ManagedPolicyArns: policies }),
        },
      },
      Project: {
        Type: 'AWS::CodeBuild::Project',
        Properties: {
          Name: name,
          Description: 'terraform apply, asked for by switchyard',
          ServiceRole: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Source: { Type: 'S3', Location: source, BuildSpec: buildspec },
          Artifacts: { Type: 'NO_ARTIFACTS' },
          Environment: {
            Type: 'LINUX_CONTAINER',
            ComputeType: 'BUILD_GENERAL1_SMALL',
            Image: IMAGE,
            EnvironmentVariables: [{ Name: 'TERRAFORM_VERSION', Value: terraformVersion, Type: 'PLAINTEXT' }],
          },
          TimeoutInMinutes: timeoutInMinutes,
          QueuedTimeoutInMinutes: 30,
        },
      },
    },
    Outputs: { Project: { Value: { Ref: 'Project' } }, Role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  };
};
