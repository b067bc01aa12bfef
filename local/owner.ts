import { isAccount, type Place, placeIn } from './place.ts';
import type { ServiceName } from './wire/services.ts';

type Input = Readonly<Record<string, unknown>>;

const textOf = (input: Input, member: string): string => String(input[member] ?? '');

/** `http://127.0.0.1:4566/222233334444/jobs` */
const accountInUrl = (url: string): string => {
  const end = url.lastIndexOf('/');
  return url.slice(Math.max(0, end - 12), Math.max(0, end));
};

/** `arn:aws:lambda:…:222233334444:function:f` and `222233334444:function:f` */
const accountOfFunction = (text: string, place: Place): string =>
  text.startsWith('arn:') ? placeIn(text, place).account : text.slice(0, 12);

/** How a call names another account's resource; whether it may use it is IAM's to say. EventBridge says it of each entry. */
const ACCOUNTS: Readonly<Partial<Record<ServiceName, (input: Input, place: Place) => string>>> = {
  sqs: (input) => textOf(input, 'QueueOwnerAWSAccountId') || accountInUrl(textOf(input, 'QueueUrl')),
  lambda: (input, place) => accountOfFunction(textOf(input, 'FunctionName'), place),
  ecr: (input) => textOf(input, 'registryId'),
};

/** The place whose services a call is about: the caller's account, or the one that owns what is named; always of the region that is called. */
export const ownerOf = (service: ServiceName, input: Input, place: Place): Place => {
  const account = ACCOUNTS[service]?.(input, place);
  return account === undefined || account === place.account || !isAccount(account) ? place : { account, region: place.region };
};
