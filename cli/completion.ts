import { fileOf, placesIn, readSource } from './catalogue.ts';
import { type CommandSpec, optionsOf } from './command.ts';
import type { Io } from './io.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** Each asks the command itself what fits: `switchyard __complete <word before> <word before that> … <word>`. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_switchyard() {
  local IFS=$'\\n'
  COMPREPLY=($(switchyard __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [ "\${#COMPREPLY[@]}" -eq 0 ] && COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _switchyard switchyard`,
  zsh: `#compdef switchyard
_switchyard() {
  local -a found
  found=("\${(@f)$(switchyard __complete "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  if [ -n "\${found[1]}" ]; then compadd -a found; else _files; fi
}
if [ "$funcstack[1]" = _switchyard ]; then _switchyard; else compdef _switchyard switchyard; fi`,
  fish: `complete -c switchyard -f -a '(switchyard __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
};

export const completionScript = (shell: Shell): string => SCRIPTS[shell];

/** What may stand where the last word stands; nothing: a file, or anything. */
export const complete = async (words: readonly string[], specs: readonly CommandSpec[], io: Io): Promise<readonly string[]> => {
  const word = words.at(-1) ?? '';
  const [name = ''] = words;
  const starting = (all: readonly string[]): readonly string[] => all.filter((one) => one.startsWith(word));
  if (words.length <= 1) return starting([...specs.map((spec) => spec.name), '--help', '--version']);
  const spec = specs.find((one) => one.name === name);
  if (spec === undefined) return [];
  const options = optionsOf(spec);
  const before = words.at(-2) ?? '';
  const option = before.startsWith('--') ? options[before.slice(2)] : undefined;
  if (option?.type === 'string') return starting(await valuesOf(option.completes, words, io));
  if (word.startsWith('-')) return starting(Object.keys(options).map((one) => `--${one}`));
  const position = words
    .slice(1, -1)
    .filter((one, index, all) => !one.startsWith('-') && !takesValue(all[index - 1], options)).length;
  return starting(spec.arguments[position]?.choices ?? []);
};

const takesValue = (word: string | undefined, options: ReturnType<typeof optionsOf>): boolean =>
  word?.startsWith('--') === true && options[word.slice(2)]?.type === 'string';

/** Of the catalogue at hand; without one there is nothing to complete. */
const valuesOf = async (completes: string | undefined, words: readonly string[], io: Io): Promise<readonly string[]> => {
  if (completes !== 'environments' && completes !== 'services') return [];
  const given = words[words.indexOf('--catalogue') + 1];
  const file = fileOf(words.includes('--catalogue') ? given : undefined, io);
  const places = await readSource(file, io).then(placesIn, () => []);
  const environment = words.includes('--environment') ? words[words.indexOf('--environment') + 1] : undefined;
  const names =
    completes === 'environments'
      ? places.map((place) => place.environment)
      : places.filter((place) => environment === undefined || place.environment === environment).map(({ name }) => name);
  return [...new Set(names)];
};
