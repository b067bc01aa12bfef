import { AwsError } from '../../errors.ts';
import { textOf } from '../../iam/needs/need.ts';
import type { Action } from '../../service.ts';
import { readDocument } from '../documents.ts';
import { onlyKnown, type SsmStore } from '../store.ts';

const NAME = /^[a-zA-Z0-9_\-.]{3,128}$/;

export const createDocument: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['Name', 'Content', 'DocumentType', 'DocumentFormat'], 'CreateDocument');
  const name = textOf(input, 'Name');
  const { DocumentType: type = 'Command', DocumentFormat: format = 'JSON' } = input;
  if (!NAME.test(name) || /^(aws|amazon)/i.test(name))
    throw new AwsError('ValidationException', `"${name}" is no name for a document.`);
  if (store.documents.has(name)) throw new AwsError('DocumentAlreadyExists', `Document with same name ${name} already exists`);
  if (type !== 'Command' || (format !== 'JSON' && format !== 'YAML'))
    throw new AwsError('ValidationException', 'the local cloud knows documents of the type Command, in JSON and YAML.');
  store.documents.set(name, readDocument(name, textOf(input, 'Content'), format, store.clock.now()));
  return { DocumentDescription: { Name: name, Status: 'Creating', DocumentType: type, DocumentFormat: format } };
};
