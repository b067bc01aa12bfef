/** Where a measurement's tables stand in the document. */
const marks = (name: string) => ({ begin: `<!-- bench:${name} -->`, end: `<!-- /bench:${name} -->` });

/** The document with the text between a section's marks replaced. Throws where it has no such section. */
export const withSection = (document: string, name: string, text: string): string => {
  const { begin, end } = marks(name);
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the document has no section between ${begin} and ${end}`);
  return `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`;
};
