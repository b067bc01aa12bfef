import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import type { Clock } from '../../local/clock.ts';
import { type Handler, inProcessLoader } from '../../local/lambda/in-process-loader.ts';
import { type FunctionLoader, RuntimeError } from '../../local/lambda/loader.ts';
import { zipOf } from '../../local/lambda/write-zip.ts';
import { readZip } from '../../local/lambda/zip.ts';

/** What the module does when it is loaded, and what it answers. */
interface Source {
  readonly loads?: string;
  readonly answers: string;
}

const WELL = '{ statusCode: 200, body }';
const BADLY = '{ statusCode: 500, body }';

const fallsIll = (seconds: number): Source => ({
  loads: 'const begun = Date.now();',
  answers: `Date.now() < begun + ${seconds * 1000} ? ${WELL} : ${BADLY}`,
});

/** As the images of the same tags do. */
const SOURCES: Readonly<Record<string, Source>> = {
  initial: { answers: WELL },
  good: { answers: WELL },
  better: { answers: WELL },
  unhealthy: { answers: BADLY },
  crashing: { loads: "throw new Error('not configured');", answers: WELL },
  fragile: { answers: "(() => { throw new Error('no database'); })()" },
  late: fallsIll(30),
  sick: fallsIll(2.6),
};

const archiveOf = (repository: string, tag: string, { loads = '', answers }: Source): Buffer =>
  zipOf('index.js', `const body = '${repository} ${tag}';\n${loads}\nexports.handler = async () => (${answers});\n`);

/** By tag: a module of Node.js each. Every repository has its own. */
export const archivesOf = (repository: string): ReadonlyMap<string, Buffer> =>
  new Map(Object.entries(SOURCES).map(([tag, source]) => [tag, archiveOf(repository, tag, source)]));

/**
 * Runs what a function's archive holds: a CommonJS module, for which it is the schedule's time. It is read and run in one go, since whoever
 * waits for a file is overtaken by others in one run, and not in the next.
 */
export const archiveLoader = ({ now }: Pick<Clock, 'now'>): FunctionLoader =>
  inProcessLoader(({ code, handler }) => {
    const [module = '', exported = ''] = handler.split('.');
    const file = readZip(readFileSync(code)).find(({ name }) => name === `${module}.js`);
    if (file === undefined) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
    const exports: Record<string, Handler> = {};
    compileFunction(file.content.toString('utf8'), ['exports', 'Date'])(exports, { now });
    const found = exports[exported];
    if (found === undefined) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
    return found;
  });
