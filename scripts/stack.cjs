'use strict';
// What serverless.yml takes from the catalogue: read by the same code that the pipeline reads it with.
const part = (name) => async () => {
  const { tsImport } = await import('tsx/esm/api');
  return (await tsImport('./stack/stack.ts', __filename))[name]();
};

module.exports = {
  environment: part('environment'),
  functions: part('functions'),
  monitoring: part('monitoring'),
  registry: part('registry'),
  roles: part('roles'),
  rules: part('rules'),
  subscribers: part('subscribers'),
};
