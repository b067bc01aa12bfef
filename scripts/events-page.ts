interface Schema {
  readonly title: string;
  readonly description: string;
  readonly examples?: readonly unknown[];
}

const section = ({ title, description, examples = [] }: Schema): string =>
  [`### ${title}`, description, ...examples.map((example) => `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``)].join(
    '\n\n',
  );

/** The page with an example of each event, from its schema, between two marks; the rest of it is written by hand. */
export const eventsPage = (page: string, schemas: readonly Schema[]): string => {
  const examples = schemas.map(section).join('\n\n');
  return page.replace(/(<!-- examples -->)[\s\S]*(<!-- \/examples -->)/, (_, begin, end) => `${begin}\n\n${examples}\n\n${end}`);
};
