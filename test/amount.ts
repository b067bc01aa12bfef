/** `some` in every run of the tests, `all` by `npm run test:thorough`. */
export const amount = (some: number, all: number): number => (process.env['SWITCHYARD_THOROUGH'] === undefined ? some : all);
