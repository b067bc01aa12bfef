import { arnAt } from '../../place.ts';
import { hostArn, parameterArn } from '../../ssm/store.ts';
import { type Here, type Input, listOf, type NeedsOf, need, textOf, textsOf } from './need.ts';

const onParameter =
  (action: string) =>
  (input: Input, { place }: Here) => [
    need(`ssm:${action}`, parameterArn(place, textOf(input, 'Name').replace(/^\//, '') || '*')),
  ];

/** AWS's own documents are no account's. */
const documentArn = ({ place }: Here, name: string): string =>
  name.startsWith('AWS-') ? `arn:aws:ssm:${place.region}::document/${name}` : arnAt(place, 'ssm', `document/${name || '*'}`);

const onDocument = (action: string) => (input: Input, here: Here) => [
  need(`ssm:${action}`, documentArn(here, textOf(input, 'Name'))),
];

/** Each machine by its tags too (User Guide, "Restrict Run Command access based on tags"). */
const onInstance = (here: Here, id: string) => {
  const tags = Object.entries(here.tagsOf(id)).map(([key, value]) => [`ssm:resourceTag/${key}`, value]);
  return need('ssm:SendCommand', hostArn(here.place, id), Object.fromEntries(tags));
};

/** Of targets by tags, as if it were any machine that has them. */
const onTargets = (here: Here, targets: readonly Input[]) => {
  const tags = targets
    .filter((target) => textOf(target, 'Key').startsWith('tag:'))
    .map((target) => [`ssm:resourceTag/${textOf(target, 'Key').slice('tag:'.length)}`, textsOf(target, 'Values')[0] ?? '']);
  return need('ssm:SendCommand', hostArn(here.place, '*'), Object.fromEntries(tags));
};

/** Service Authorization Reference, "AWS Systems Manager". What reads results, and CancelCommand, know no resource. */
export const ssmNeeds: NeedsOf = {
  CreateDocument: onDocument('CreateDocument'),
  DescribeDocument: onDocument('DescribeDocument'),
  GetParameter: onParameter('GetParameter'),
  PutParameter: onParameter('PutParameter'),
  SendCommand: (input, here) => {
    const targets = listOf(input, 'Targets');
    return [
      need('ssm:SendCommand', documentArn(here, textOf(input, 'DocumentName'))),
      ...textsOf(input, 'InstanceIds').map((id) => onInstance(here, id)),
      ...(targets.length === 0 ? [] : [onTargets(here, targets)]),
    ];
  },
};

/**
 * A secret's ARN ends with six characters that only Secrets Manager knows: whoever names it by its name is judged by an ARN with any six
 * (User Guide, "Permissions policy examples", the wildcard `-??????`).
 */
const onSecret =
  (action: string, member: string) =>
  (input: Input, { place }: Here) => {
    const id = textOf(input, member);
    const arn = id.startsWith('arn:') ? id : arnAt(place, 'secretsmanager', `secret:${id || '*'}-AbCdEf`);
    return [need(`secretsmanager:${action}`, arn)];
  };

/** Service Authorization Reference, "AWS Secrets Manager". */
export const secretsNeeds: NeedsOf = {
  CreateSecret: onSecret('CreateSecret', 'Name'),
  GetSecretValue: onSecret('GetSecretValue', 'SecretId'),
  PutSecretValue: onSecret('PutSecretValue', 'SecretId'),
};
