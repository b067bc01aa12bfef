import { arnAt } from '../../place.ts';
import { type Here, type Input, type NeedsOf, need, textOf, textsOf } from './need.ts';

/** Of the registry that is named, or of one's own. */
const repository = (input: Input, { place }: Here, name: string): string =>
  arnAt({ ...place, account: textOf(input, 'registryId') || place.account }, 'ecr', `repository/${name || '*'}`);

const onRepository = (action: string) => (input: Input, here: Here) => [
  need(`ecr:${action}`, repository(input, here, textOf(input, 'repositoryName'))),
];

/** Service Authorization Reference, "Amazon Elastic Container Registry". */
export const ecrNeeds: NeedsOf = {
  BatchGetImage: onRepository('BatchGetImage'),
  DescribeImages: onRepository('DescribeImages'),
  DescribeRepositories(input, here) {
    const names = textsOf(input, 'repositoryNames');
    return (names.length === 0 ? ['*'] : names).map((name) => need('ecr:DescribeRepositories', repository(input, here, name)));
  },
  CreateRepository: onRepository('CreateRepository'),
  DeleteRepositoryPolicy: onRepository('DeleteRepositoryPolicy'),
  DescribeImageScanFindings: onRepository('DescribeImageScanFindings'),
  GetDownloadUrlForLayer: onRepository('GetDownloadUrlForLayer'),
  GetRepositoryPolicy: onRepository('GetRepositoryPolicy'),
  ListImages: onRepository('ListImages'),
  PutImage: onRepository('PutImage'),
  PutImageScanningConfiguration: onRepository('PutImageScanningConfiguration'),
  PutImageTagMutability: onRepository('PutImageTagMutability'),
  SetRepositoryPolicy: onRepository('SetRepositoryPolicy'),
  StartImageScan: onRepository('StartImageScan'),
  UpdateImageStorageClass: onRepository('UpdateImageStorageClass'),
};
