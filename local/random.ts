/** Numbers from 0 to 1 that a seed repeats (the minimal standard generator of Park and Miller). */
export const randomFrom = (seed: number): (() => number) => {
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};
