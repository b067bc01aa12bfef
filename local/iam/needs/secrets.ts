import { arnAt } from '../../place.ts';
import { parameterArn } from '../../ssm/store.ts';
import { type Here, type Input, type NeedsOf, need, textOf } from './need.ts';

const onParameter =
  (action: string) =>
  (input: Input, { place }: Here) => [
    need(`ssm:${action}`, parameterArn(place, textOf(input, 'Name').replace(/^\//, '') || '*')),
  ];

/** Service Authorization Reference, "AWS Systems Manager". */
export const ssmNeeds: NeedsOf = { GetParameter: onParameter('GetParameter'), PutParameter: onParameter('PutParameter') };

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
