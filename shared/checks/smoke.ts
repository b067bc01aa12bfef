import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { query } from 'json-p3';
import type { SmokeResult, Traffic } from '../deployment/observations.ts';
import type { HttpSmokeTest, LambdaSmokeTest, SmokeTest } from '../deployment/settings.ts';
import { discard, type HealthPorts, requestOf, shown, whyNot } from './health.ts';

/** What smoke tests need from outside. */
export interface SmokePorts extends HealthPorts {
  readonly lambda: LambdaClient;
  readonly now: () => number;
  /** The address with its references filled in. */
  readonly resolve: (text: string) => string;
}

/** What is tested, for the function of a team's own. */
export interface SmokeSubject {
  readonly deployment: string;
  readonly environment: string;
  readonly service: string;
  readonly digest?: string;
  readonly traffic: Traffic;
}

/** Of a body, what is read; a longer one fails a test that looks into it. */
const LONGEST_BODY = 1024 * 1024;

const USER_AGENT = 'switchyard-smoke-test';

/** A test of another traffic is not made. */
const isOf = (test: SmokeTest, traffic: Traffic): boolean =>
  'function' in test || traffic === 'production' || test.testUrl !== undefined;

/** All tests of that traffic, beside each other. Never throws: what goes wrong is a result. */
export const smoke = (tests: readonly SmokeTest[], subject: SmokeSubject, ports: SmokePorts): Promise<readonly SmokeResult[]> =>
  Promise.all(tests.filter((test) => isOf(test, subject.traffic)).map((test) => run(test, subject, ports)));

const run = async (test: SmokeTest, subject: SmokeSubject, ports: SmokePorts): Promise<SmokeResult> => {
  const began = ports.now();
  const problem = 'function' in test ? await invoke(test, subject, ports) : await request(test, subject.traffic, ports);
  const milliseconds = ports.now() - began;
  const { withinMilliseconds: most } = test;
  const slow = most !== undefined && milliseconds > most ? `it took ${milliseconds} ms, and ${most} are allowed` : undefined;
  const why = problem ?? slow;
  return {
    name: test.name,
    passed: why === undefined,
    milliseconds,
    ...(why === undefined ? {} : { detail: why.slice(0, 512) }),
  };
};

const request = async (
  test: HttpSmokeTest,
  traffic: Traffic,
  { fetch, timeout, resolve }: SmokePorts,
): Promise<string | undefined> => {
  const address = resolve(traffic === 'test' ? (test.testUrl ?? '') : test.url);
  if (!URL.canParse(address)) return 'its address is no URL; correct it in the catalogue';
  const url = new URL(address);
  const { signal, cancel } = timeout(test.timeoutSeconds * 1000);
  try {
    const { address: plain, headers } = requestOf(url);
    const response = await fetch(plain, {
      method: test.method,
      redirect: 'manual',
      signal,
      headers: { ...headers, 'user-agent': USER_AGENT, ...test.headers },
      ...(test.body === undefined ? {} : { body: test.body }),
    });
    const problem = await problemOf(test, response);
    return problem === undefined ? undefined : `${shown(url)} ${problem}`;
  } catch (error) {
    return `${shown(url)}: ${signal.aborted ? `no answer within ${test.timeoutSeconds} s` : whyNot(error)}`;
  } finally {
    cancel();
  }
};

/** The body is read only where somebody looks into it. */
const problemOf = async (test: HttpSmokeTest, response: Response): Promise<string | undefined> => {
  const { contains, json } = test.expect;
  const problem = headProblem(test, response);
  if (problem === undefined && (contains !== undefined || Object.keys(json).length > 0))
    return bodyProblem(test, await bodyOf(response));
  await discard(response);
  return problem;
};

const headProblem = ({ expect }: HttpSmokeTest, { status, headers }: Response): string | undefined => {
  if (status !== expect.status) return `answered ${status}, and not ${expect.status}`;
  for (const [name, value] of Object.entries(expect.headers)) {
    const got = headers.get(name);
    if (got !== value)
      return `answered with ${got === null ? `no header ${name}` : `${name}: ${got}`}, and not ${name}: ${value}`;
  }
  return undefined;
};

/** `undefined`: it is too long. */
const bodyOf = async ({ body }: Response): Promise<string | undefined> => {
  if (body === null) return '';
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts).toString('utf8');
    parts.push(value);
    length += value.length;
    if (length <= LONGEST_BODY) continue;
    await Promise.allSettled([reader.cancel()]);
    return undefined;
  }
};

const bodyProblem = ({ expect }: HttpSmokeTest, body: string | undefined): string | undefined => {
  if (body === undefined) return `answered with more than ${LONGEST_BODY} bytes, which are not looked into`;
  if (expect.contains !== undefined && !body.includes(expect.contains)) return `answered without "${expect.contains}"`;
  const wanted = Object.entries(expect.json);
  if (wanted.length === 0) return undefined;
  let value: Parameters<typeof query>[1];
  try {
    value = JSON.parse(body);
  } catch {
    return 'answered with what is no JSON';
  }
  for (const [path, expected] of wanted) {
    const found = query(path, value).values();
    if (!found.some((entry) => entry === expected))
      return `answered with ${found.length === 0 ? 'nothing' : JSON.stringify(found.length === 1 ? found[0] : found)} at ${path}, and not ${JSON.stringify(expected)}`;
  }
  return undefined;
};

/** The function passes by ending well, unless it says `{"passed": false, "detail": "…"}`. */
const invoke = async (
  test: LambdaSmokeTest,
  subject: SmokeSubject,
  { lambda, timeout }: SmokePorts,
): Promise<string | undefined> => {
  const { signal, cancel } = timeout(test.timeoutSeconds * 1000);
  try {
    const command = new InvokeCommand({ FunctionName: test.function, Payload: Buffer.from(JSON.stringify(subject)) });
    const { FunctionError, Payload } = await lambda.send(command, { abortSignal: signal });
    const text = Payload === undefined ? '' : Buffer.from(Payload).toString('utf8');
    const { passed, detail, errorMessage } = answerIn(text);
    if (FunctionError !== undefined) return `function ${test.function} failed: ${String(errorMessage ?? text)}`;
    return passed === false ? `function ${test.function} says: ${String(detail ?? 'it did not pass')}` : undefined;
  } catch (error) {
    if (signal.aborted) return `function ${test.function} did not answer within ${test.timeoutSeconds} s`;
    return `function ${test.function} could not be invoked: ${error instanceof Error ? error.message : 'it failed'}`;
  } finally {
    cancel();
  }
};

const answerIn = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};
