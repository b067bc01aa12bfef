import file from '../prices.json' with { type: 'json' };

/** What is billed, in the units of `prices.json`. */
export type Amounts = Readonly<Record<keyof typeof file.prices, number>>;

/** Dollars for `per` of them. */
export interface Price {
  readonly dollars: number;
  readonly per: number;
}

export type Prices = Readonly<Record<keyof Amounts, Price>>;

export const PRICES: Prices = file.prices;

/** Dollars for each of the amounts. */
export const costs = (amounts: Amounts, prices: Prices): Amounts => ({
  invocations: cost(amounts.invocations, prices.invocations),
  gigabyteSeconds: cost(amounts.gigabyteSeconds, prices.gigabyteSeconds),
  standardRequests: cost(amounts.standardRequests, prices.standardRequests),
  fifoRequests: cost(amounts.fifoRequests, prices.fifoRequests),
  events: cost(amounts.events, prices.events),
  readUnits: cost(amounts.readUnits, prices.readUnits),
  writeUnits: cost(amounts.writeUnits, prices.writeUnits),
  alarmRequests: cost(amounts.alarmRequests, prices.alarmRequests),
  logBytes: cost(amounts.logBytes, prices.logBytes),
});

const cost = (amount: number, { dollars, per }: Price): number => (amount / per) * dollars;

export const total = (amounts: Amounts): number => Object.values(amounts).reduce((sum, amount) => sum + amount, 0);

/** How long a function is billed for, in seconds, by the assumptions of `prices.json`: its calls one after another. */
export const assumedSeconds = (invocations: number, calls: Readonly<Record<string, number>>): number => {
  const { millisecondsOfInvocation, millisecondsOfCall } = file.assumed;
  const known: Readonly<Record<string, number>> = millisecondsOfCall;
  let milliseconds = invocations * millisecondsOfInvocation;
  for (const [service, count] of Object.entries(calls)) {
    const each = known[service];
    if (each === undefined) throw new Error(`prices.json assumes nothing for a call of ${service}`);
    milliseconds += count * each;
  }
  return milliseconds / 1000;
};
