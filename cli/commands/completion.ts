import type { Command } from '../command.ts';
import { completionScript, SHELLS, type Shell } from '../completion.ts';

export const completion: Command = {
  spec: {
    name: 'completion',
    summary: 'completion for your shell',
    description: 'Prints what a shell runs to complete commands, options, and the environments and services of the catalogue.',
    arguments: [{ name: 'shell', description: SHELLS.join(', '), required: true, choices: SHELLS }],
    options: {},
    examples: [
      ['source <(switchyard completion bash)', 'in ~/.bashrc'],
      ['switchyard completion zsh > "${fpath[1]}/_switchyard"', 'for zsh'],
      ['switchyard completion fish > ~/.config/fish/completions/switchyard.fish', 'for fish'],
    ],
    connects: false,
  },
  async run(parsed, io) {
    io.out(completionScript(parsed.argument(0) as Shell));
    return 'succeeded';
  },
};
