import { ACCOUNT, REGION } from '../service.ts';

export const repositoryArn = (name: string): string => `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;

export const repositoryUri = (name: string): string => `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`;
