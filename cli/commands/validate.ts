import { fileOf, placesIn, readSource } from '../catalogue.ts';
import type { Command } from '../command.ts';

export const validate: Command = {
  spec: {
    name: 'validate',
    summary: 'check a catalogue',
    description: 'Checks a catalogue without AWS, and tells every problem at once: file, line, path, what is allowed.',
    arguments: [{ name: 'file', description: 'switchyard.yml unless told otherwise', required: false }],
    options: {},
    examples: [
      ['switchyard validate', 'switchyard.yml here'],
      ['switchyard validate environments/prod.yml', 'another file'],
    ],
    connects: false,
  },
  async run(parsed, io) {
    const file = fileOf(parsed.argument(0), io);
    const { leastSeconds } = await import('../../shared/targets/plans.ts');
    const places = placesIn(await readSource(file, io, leastSeconds));
    const environments = new Set(places.map(({ environment }) => environment));
    if (parsed.is('json')) io.out(JSON.stringify({ file, valid: true, services: places }));
    else io.out(`${file} is valid: ${environments.size} environments, ${places.length} services`);
    return 'succeeded';
  },
};
