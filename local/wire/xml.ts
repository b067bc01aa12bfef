import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { AwsError } from '../errors.ts';

/** An element: its name, its elements, its text. */
export interface Element {
  readonly name: string;
  readonly children: readonly Element[];
  readonly text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  trimValues: false,
  ignoreAttributes: true,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  htmlEntities: true,
});

type Parsed = Readonly<Record<string, unknown>>;

const elementOf = (parsed: Parsed): Element => {
  const [name = '', inner] = Object.entries(parsed)[0] ?? [];
  const nodes = (Array.isArray(inner) ? inner : []) as readonly Parsed[];
  const isText = (node: Parsed): boolean => '#text' in node;
  return {
    name,
    children: nodes.filter((node) => !isText(node)).map(elementOf),
    text: nodes
      .filter(isText)
      .map((node) => String(node['#text']))
      .join(''),
  };
};

/** API reference, "Error responses". */
export const malformedXml = (): AwsError =>
  new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');

/** Throws `MalformedXML`, also for a document type, since that could define entities. */
export const readXml = (text: string): Element => {
  if (XMLValidator.validate(text) !== true || /<!DOCTYPE/i.test(text)) throw malformedXml();
  const roots = (parser.parse(text) as readonly Parsed[]).filter((node) => !('#text' in node));
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw malformedXml();
  return elementOf(root);
};
