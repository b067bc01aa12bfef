import {
  type FunctionConfiguration,
  GetAliasCommand,
  GetFunctionCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import type { Revision } from '../../deployment/observations.ts';
import { asking } from '../asking.ts';
import type { TargetPorts } from '../module.ts';
import { RefusedError } from '../refused.ts';
import { type AliasConfig, type Config, placeOf } from './config.ts';
import { notPullable, refusalOf } from './refusals.ts';
import { archiveDigest, artifactIn, UNKNOWN } from './zip-names.ts';

/** A function's `$LATEST`, or a version of it, as far as it is read here. */
export interface Version {
  readonly arn: string;
  /** `$LATEST`, or its number. */
  readonly version: string;
  /** By digest; of an archive that nobody has said more of `zip:` and its own. */
  readonly image: string;
  /** Where the archive is lent, for ten minutes; empty for an image. */
  readonly location: string;
  readonly codeSha256: string;
  /** Bytes of an archive. */
  readonly codeSize: number;
  readonly revisionId: string;
  readonly architecture: string;
  readonly isImage: boolean;
  readonly state: string;
  readonly update: string;
  /** Why it is not as it should be. */
  readonly why: { readonly code: string; readonly reason: string };
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** What an alias points at. */
export interface Pointing {
  readonly version: string;
  /** Of a second version, if there is one: its share in percent. */
  readonly other?: { readonly version: string; readonly percent: number };
  readonly revisionId: string;
}

/** What `UpdateFunctionCode` puts in. */
export type CodeInput = { readonly ImageUri: string } | { readonly ZipFile: Uint8Array };

/** What a version's archive came in: it is written on versions that we have published, and on no other. */
const zipImage = ({ zip }: Config, { Version, Description, CodeSha256 = '' }: FunctionConfiguration): string => {
  const digest = zip === undefined || Version === LATEST ? undefined : artifactIn(Description);
  return digest === undefined ? `${UNKNOWN}${archiveDigest(CodeSha256)}` : `${zip?.repository}@${digest}`;
};

const LATEST = '$LATEST';

const read = (configuration: FunctionConfiguration, image: string, location = ''): Version => {
  const { LastUpdateStatusReasonCode, LastUpdateStatusReason, StateReasonCode, StateReason } = configuration;
  return {
    arn: configuration.FunctionArn ?? '',
    version: configuration.Version ?? '',
    image,
    location,
    codeSha256: configuration.CodeSha256 ?? '',
    codeSize: configuration.CodeSize ?? 0,
    revisionId: configuration.RevisionId ?? '',
    architecture: configuration.Architectures?.[0] ?? 'x86_64',
    isImage: configuration.PackageType === 'Image',
    state: configuration.State ?? 'Active',
    update: configuration.LastUpdateStatus ?? 'Successful',
    why: {
      code: LastUpdateStatusReasonCode ?? StateReasonCode ?? 'unknown',
      reason: LastUpdateStatusReason ?? StateReason ?? 'Lambda gives no reason',
    },
    changedAt: Date.parse(configuration.LastModified ?? '') || 0,
  };
};

/** `repository@sha256:…` */
export const digestIn = (image: string): string | undefined => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];

/** A revision that is a published version: its ARN is enough to find it again. */
export const revisionOf = ({ arn, image }: Pick<Version, 'arn' | 'image'>): Revision => {
  const digest = digestIn(image);
  return { id: arn, image, ...(digest === undefined ? {} : { digest }) };
};

/** The number in a version's ARN; `undefined`: the revision is none. */
export const numberIn = ({ id }: Revision): string | undefined => /^arn:[^:]+:lambda:.*:function:[^:]+:([0-9]+)$/.exec(id)?.[1];

/** What is asked of Lambda. A "no" is thrown as `RefusedError`, what is over in a moment as `NotYetError`, and anything else as it comes. */
export const lambdaCalls = ({ client, signal }: TargetPorts) => {
  const lambda = client(LambdaClient);
  const ask = asking(signal, refusalOf);

  const version = async (config: Config, Qualifier?: string): Promise<Version> => {
    const { function: FunctionName } = config;
    const command = new GetFunctionCommand({ FunctionName, ...(Qualifier === undefined ? {} : { Qualifier }) });
    const doing = `look at ${Qualifier === undefined ? '' : `version ${Qualifier} of `}function "${FunctionName}"`;
    const { Configuration, Code } = await ask(doing, (options) => lambda.send(command, options));
    if (Configuration === undefined)
      throw new Error(`Lambda answered without the function that it was asked for: ${FunctionName}`);
    const image = Configuration.PackageType === 'Image' ? (Code?.ResolvedImageUri ?? '') : zipImage(config, Configuration);
    return read(Configuration, image, Code?.Location);
  };

  /** `undefined`: it was deleted. */
  const versionIfThere = async (config: Config, number: string): Promise<Version | undefined> => {
    try {
      return await version(config, number);
    } catch (error) {
      if (error instanceof RefusedError && error.failure.code === 'function-missing') return undefined;
      throw error;
    }
  };

  /** The newest published version of this code; `undefined`: none. A call for each fifty of them. */
  const newestOf = async (config: Config, codeSha256: string): Promise<Version | undefined> => {
    const { function: FunctionName } = config;
    let found: FunctionConfiguration | undefined;
    let image = '';
    let Marker: string | undefined;
    do {
      const command = new ListVersionsByFunctionCommand({ FunctionName, ...(Marker === undefined ? {} : { Marker }) });
      const { Versions = [], NextMarker } = await ask(`list the versions of ${placeOf(config)}`, (options) =>
        lambda.send(command, options),
      );
      const same = Versions.filter((one) => one.Version !== LATEST && one.CodeSha256 === codeSha256);
      found = same.at(-1) ?? found;
      // whoever publishes the same archive once more does not say what it came in
      image = same.map((one) => zipImage(config, one)).findLast((one) => digestIn(one) !== undefined) ?? image;
      Marker = NextMarker;
    } while (Marker !== undefined && Marker !== '');
    return found === undefined ? undefined : read(found, image);
  };

  const pointing = async (config: AliasConfig): Promise<Pointing> => {
    const command = new GetAliasCommand({ FunctionName: config.function, Name: config.alias });
    const alias = await ask(`look at ${placeOf(config)}`, (options) => lambda.send(command, options));
    const [[other, weight] = []] = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
    return {
      version: alias.FunctionVersion ?? '',
      revisionId: alias.RevisionId ?? '',
      ...(other === undefined || weight === undefined ? {} : { other: { version: other, percent: Math.round(weight * 100) } }),
    };
  };

  /** Puts code into `$LATEST`, if that is still what was looked at. Answers what is on its way. */
  const update = async (config: Config, image: string, input: CodeInput, { revisionId }: Version): Promise<Version> => {
    const command = new UpdateFunctionCodeCommand({ FunctionName: config.function, ...input, RevisionId: revisionId });
    const doing = `put ${image} into function "${config.function}"`;
    const answer = await ask(doing, (options) =>
      lambda.send(command, options).catch((error: unknown) => {
        const failure = error instanceof Error ? notPullable(error, doing, image) : undefined;
        throw failure === undefined ? error : new RefusedError(failure);
      }),
    );
    return read(answer, image);
  };

  /** The version of what `$LATEST` was when it was looked at; the one that there is, if nothing has changed since that was published. */
  const publish = async (config: Config, latest: Version, description: string, image: string): Promise<Version> => {
    const command = new PublishVersionCommand({
      FunctionName: config.function,
      CodeSha256: latest.codeSha256,
      RevisionId: latest.revisionId,
      Description: description,
    });
    const answer = await ask(`publish a version of function "${config.function}"`, (options) => lambda.send(command, options));
    return read(answer, image);
  };

  /** Points an alias at a version, and perhaps a share of its requests at another, if it is still as it was looked at. */
  const move = async (config: AliasConfig, { version: FunctionVersion, other, revisionId }: Pointing): Promise<void> => {
    const AdditionalVersionWeights = other === undefined ? {} : { [other.version]: other.percent / 100 };
    const command = new UpdateAliasCommand({
      FunctionName: config.function,
      Name: config.alias,
      FunctionVersion,
      RoutingConfig: { AdditionalVersionWeights },
      RevisionId: revisionId,
    });
    await ask(`move ${placeOf(config)} to version ${other?.version ?? FunctionVersion}`, (options) =>
      lambda.send(command, options),
    );
  };

  return { version, versionIfThere, newestOf, pointing, update, publish, move };
};

export type LambdaCalls = ReturnType<typeof lambdaCalls>;
