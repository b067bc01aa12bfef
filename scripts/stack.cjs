'use strict';
// What serverless.yml takes from the catalogue: read by the same code that the pipeline reads it with.
let stack;
/** Once for all parts: each import by itself would load everything again. */
const loaded = async () => {
  const { tsImport } = await import('tsx/esm/api');
  return tsImport('./stack/stack.ts', __filename);
};
const part = (name) => async () => {
  stack ??= loaded();
  return (await stack)[name]();
};

module.exports = {
  environment: part('environment'),
  functions: part('functions'),
  monitoring: part('monitoring'),
  operator: part('operator'),
  registry: part('registry'),
  roles: part('roles'),
  rules: part('rules'),
  subscribers: part('subscribers'),
};
