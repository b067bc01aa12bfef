import type { Permissions } from '../../local/ports.ts';

/** For tests of one service alone: IAM itself has tests of its own, and the whole cloud's tests have IAM. */
export const everythingAllowed: Permissions = {
  refusal: () => undefined,
  trusts: () => true,
  open: () => undefined,
};
