import type { Told } from '../seen.ts';
import type { Invariant } from './events.ts';
import { SHOWN, verdictsIn } from './subscribers.ts';

/** Without the icon that SNS would not take. */
const wordsOf = (type: string): RegExp => new RegExp(SHOWN[type]?.source.replace(/^\^\S+ \.\*/, '') ?? '$^');

const isRight = (subject: string, text: string, { type, detail }: Told): boolean =>
  wordsOf(type).test(subject) && (detail.reason === undefined || text.includes(`reason code: ${detail.reason.code}`));

/**
 * S4: each verdict is mailed, with how and why it ended, and nothing else is. SNS takes no token and cannot be asked: a verdict may be mailed
 * once more for each time that its function met with misfortune when it published it, or before it had kept that.
 */
export const mailedOnce: Invariant = ({ told, promoted, published, heard }) => {
  const { mails } = heard ?? {};
  if (mails === undefined) return [];
  const verdicts = [...verdictsIn([...told, ...promoted.told])];
  const isOf = (id: string, text: string): boolean => new RegExp(`^(?:deployment|promotion): ${id}$`, 'm').test(text);
  const others = mails.filter(({ text }) => !verdicts.some(([id]) => isOf(id, text)));
  return [
    ...others.map(({ subject }) => `S4: "${subject}" was mailed, and nobody has told of it`),
    ...verdicts.flatMap(([id, end]) => {
      const got = mails.filter(({ text }) => isOf(id, text));
      const wrong = got.filter(({ subject, text }) => !isRight(subject, text, end));
      const again = published.filter(({ text, mayComeAgain }) => isOf(id, text) && mayComeAgain());
      if (got.length === 0) return [`S4: ${end.type} of ${id} was not mailed`];
      if (got.length > 1 + again.length)
        return [`S4: ${end.type} of ${id} was mailed ${got.length} times, ${again.length} excused`];
      return wrong.map(
        ({ subject }) => `S4: ${id} ended as ${end.type} ${end.detail.reason?.code}, and the mail says "${subject}"`,
      );
    }),
  ];
};
