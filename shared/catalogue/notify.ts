import type { Catalogue, NotifyWord } from './catalogue.ts';
import type { CatalogueSource, SourceNotify } from './generated/types.ts';

/** Ways to tell somebody, by their keys in the catalogue. */
export type NotifyKind = keyof SourceNotify;

/** What a kind is given where it is not switched off. */
export type NotifySettings<Kind extends NotifyKind> = Exclude<SourceNotify[Kind], false | undefined>;

type At = Pick<NotifyWord, 'environment' | 'service'>;

/** Every word about notifications: the file's first, then those of environments, then those of services. */
export const notifyWords = ({ notify, environments }: CatalogueSource): readonly NotifyWord[] => {
  const word = (at: At, given: SourceNotify | undefined): readonly NotifyWord[] =>
    given === undefined ? [] : [{ ...at, notify: given }];
  const all = Object.entries(environments);
  return [
    ...word({}, notify),
    ...all.flatMap(([environment, entry]) => word({ environment }, entry.notify)),
    ...all.flatMap(([environment, { services }]) =>
      Object.entries(services).flatMap(([service, entry]) => word({ environment, service }, entry.notify)),
    ),
  ];
};

/**
 * What the nearest word says of one kind, for a service or (of a promotion) for an environment as a whole. Names that the catalogue does not
 * know are told where everything is that has no word of its own. `undefined`: nobody is told.
 */
export const notifyOf = <Kind extends NotifyKind>(
  { notify = [] }: Pick<Catalogue, 'notify'>,
  kind: Kind,
  { environment, service }: At,
): NotifySettings<Kind> | undefined => {
  const near = notify.filter(
    (word) =>
      (word.environment === undefined || word.environment === environment) &&
      (word.service === undefined || word.service === service) &&
      word.notify[kind] !== undefined,
  );
  const said = near.at(-1)?.notify[kind];
  return said === false ? undefined : (said as NotifySettings<Kind> | undefined);
};

/** Everything that the catalogue says of one kind, wherever: for roles, and for whether there is anything to do at all. */
export const everyNotify = <Kind extends NotifyKind>(
  { notify = [] }: Pick<Catalogue, 'notify'>,
  kind: Kind,
): readonly NotifySettings<Kind>[] =>
  notify.flatMap((word) => {
    const said = word.notify[kind];
    return said === undefined || said === false ? [] : [said as NotifySettings<Kind>];
  });
