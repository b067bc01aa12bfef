import { alarmAnswered, alarmsCount, blamedOnce, ofOneThatShares, ofWhatIsReplaced, ringsAgain } from './invariants/alarms.ts';
import type { Invariant } from './invariants/events.ts';
import { onCommits, oneCommentEach, oneDeploymentEach, oneIncident } from './invariants/github.ts';
import {
  asWithoutFaults,
  goneBack,
  goodIsNotBlamed,
  leftVerified,
  quarantineHolds,
  quarantineNeedsEvidence,
  ranAlready,
  ranWell,
  triedOftenEnough,
  truth,
  verifiedByTasks,
} from './invariants/images.ts';
import { mailedOnce } from './invariants/mails.ts';
import {
  begunOnce,
  laneInOrder,
  oneAtATime,
  oneDeployment,
  oneOfAName,
  rollbackGoesFirst,
  supersededByLater,
  tooOldExpires,
} from './invariants/order.ts';
import { channelsFollow, completedIsThere, deployedOnPromotion, endedOnce, onEvidence } from './invariants/promotions.ts';
import {
  archiveKept,
  asNamed,
  backToTheirs,
  backToVerified,
  backToWhatRan,
  endsWhatItMeant,
  leavesWhatItMeant,
  leavesWhatRuns,
  leftForGood,
  leftOnce,
  neverBackToWhatWasLeft,
  notToArchived,
  notToQuarantined,
  verifiedStill,
  waitersAnswered,
  windowEnds,
} from './invariants/rollbacks.ts';
import { everyEvent, oneMessage } from './invariants/subscribers.ts';
import { inTime, nobodyWaitsForNothing, notTooSoon } from './invariants/time.ts';
import { audited, cancelAnswered, oneVerdict, reasonToWait, sameAgain } from './invariants/verdicts.ts';
import type { Seen } from './seen.ts';

/**
 * What must hold after every schedule (design, I1 to I9), judged by what the table, the targets and a subscriber's queue say.
 */
const INVARIANTS: readonly Invariant[] = [
  begunOnce,
  leftOnce,
  endsWhatItMeant,
  tooOldExpires,
  alarmsCount,
  backToWhatRan,
  archiveKept,
  leftForGood,
  windowEnds,
  alarmAnswered,
  ({ wrong }) => wrong,
  oneVerdict,
  sameAgain,
  oneAtATime,
  truth,
  goneBack,
  quarantineNeedsEvidence,
  neverBackToWhatWasLeft,
  nobodyWaitsForNothing,
  oneDeployment,
  asWithoutFaults,
  inTime,
  notTooSoon,
  cancelAnswered,
  laneInOrder,
  supersededByLater,
  goodIsNotBlamed,
  leftVerified,
  quarantineHolds,
  ranAlready,
  ranWell,
  notToArchived,
  notToQuarantined,
  verifiedStill,
  ringsAgain,
  blamedOnce,
  ofOneThatShares,
  ofWhatIsReplaced,
  leavesWhatItMeant,
  leavesWhatRuns,
  oneOfAName,
  rollbackGoesFirst,
  verifiedByTasks,
  triedOftenEnough,
  asNamed,
  backToTheirs,
  backToVerified,
  waitersAnswered,
  reasonToWait,
  audited,
  endedOnce,
  completedIsThere,
  channelsFollow,
  onEvidence,
  deployedOnPromotion,
  oneMessage,
  everyEvent,
  oneDeploymentEach,
  onCommits,
  oneIncident,
  oneCommentEach,
  mailedOnce,
];

/** All that is wrong. */
export const violations = (seen: Seen): readonly string[] => [...new Set(INVARIANTS.flatMap((invariant) => invariant(seen)))];
