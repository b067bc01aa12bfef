import { AwsError } from '../../errors.ts';
import { textOf } from '../../iam/needs/need.ts';
import type { Action } from '../../service.ts';
import { onlyKnown, type SsmStore } from '../store.ts';

export const describeDocument: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['Name'], 'DescribeDocument');
  const found = store.documents.get(textOf(input, 'Name'));
  if (found === undefined) throw new AwsError('InvalidDocument', '');
  return {
    Document: {
      Name: found.name,
      Owner: found.name.startsWith('AWS-') ? 'Amazon' : store.place.account,
      CreatedDate: found.createdAt / 1000,
      Status: 'Active',
      DocumentVersion: '1',
      DocumentType: 'Command',
      DocumentFormat: found.format,
      SchemaVersion: '2.2',
    },
  };
};
