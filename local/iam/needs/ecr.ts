import { ACCOUNT, REGION } from '../../service.ts';
import { type Input, type NeedsOf, need, textOf, textsOf } from './need.ts';

const repository = (input: Input, name: string): string =>
  `arn:aws:ecr:${REGION}:${textOf(input, 'registryId') || ACCOUNT}:repository/${name || '*'}`;

const onRepository = (action: string) => (input: Input) => [
  need(`ecr:${action}`, repository(input, textOf(input, 'repositoryName'))),
];

/** Service Authorization Reference, "Amazon Elastic Container Registry". */
export const ecrNeeds: NeedsOf = {
  BatchGetImage: onRepository('BatchGetImage'),
  DescribeImages: onRepository('DescribeImages'),
  DescribeRepositories(input) {
    const names = textsOf(input, 'repositoryNames');
    return (names.length === 0 ? ['*'] : names).map((name) => need('ecr:DescribeRepositories', repository(input, name)));
  },
  CreateRepository: onRepository('CreateRepository'),
  DescribeImageScanFindings: onRepository('DescribeImageScanFindings'),
  ListImages: onRepository('ListImages'),
  PutImage: onRepository('PutImage'),
  PutImageScanningConfiguration: onRepository('PutImageScanningConfiguration'),
  PutImageTagMutability: onRepository('PutImageTagMutability'),
  StartImageScan: onRepository('StartImageScan'),
  UpdateImageStorageClass: onRepository('UpdateImageStorageClass'),
};
