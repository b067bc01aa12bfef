import { arnAt, type Place } from '../place.ts';

export const repositoryArn = (place: Place, name: string): string => arnAt(place, 'ecr', `repository/${name}`);

export const repositoryUri = ({ account, region }: Place, name: string): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com/${name}`;
