import { blobClient } from './blob-client.ts';
import { manifestClient } from './manifest-client.ts';
import { connect, type RegistryOptions } from './transport.ts';

/**
 * One registry, asked in the words of the OCI distribution specification 1.1. Every method may be called again. Answers `undefined` for what
 * is not there, throws `CopyRefusal` where the answer is no, and `RegistryTrouble` where it may be another one later.
 */
export const registryClient = (options: RegistryOptions) => {
  const transport = connect(options);
  return { host: transport.host, ...manifestClient(transport), ...blobClient(transport) };
};

export type RegistryClient = ReturnType<typeof registryClient>;
