'use strict';
// An esbuild plugin: `import source from '../switchyard.yml'` is the catalogue, checked, as JSON. SWITCHYARD_CATALOGUE names another file.
const { readFile } = require('node:fs/promises');
const { basename, resolve } = require('node:path');

let checked;
/** Once for all functions: what they are bundled with is the same. */
const contentsOf = async (file) => {
  const { tsImport } = await import('tsx/esm/api');
  const { readCatalogue, formatProblems } = await tsImport('../shared/catalogue/load.ts', __filename);
  const read = readCatalogue(await readFile(file, 'utf8'));
  if ('problems' in read)
    return { errors: [{ text: `the catalogue is not valid:\n${formatProblems(basename(file), read.problems)}` }] };
  return { contents: JSON.stringify(read.source), loader: 'json', watchFiles: [file] };
};

const catalogue = {
  name: 'catalogue',
  setup(build) {
    const file = resolve(process.env.SWITCHYARD_CATALOGUE ?? resolve(__dirname, '../switchyard.yml'));
    build.onResolve({ filter: /\/switchyard\.yml$/ }, () => ({ path: file, namespace: 'catalogue' }));
    build.onLoad({ filter: /.*/, namespace: 'catalogue' }, () => {
      checked ??= contentsOf(file);
      return checked;
    });
  },
};

module.exports = [catalogue];
