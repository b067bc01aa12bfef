import { describe, expect, it } from 'vitest';
import type { Current, Revision, Rollout } from '../../../shared/deployment/observations.ts';
import type { TargetModule } from '../../../shared/targets/module.ts';
import { NotYetError } from '../../../shared/targets/not-yet.ts';
import type { Job, Restored, Target, TargetMethod } from '../../../shared/targets/target.ts';
import { amount } from '../../amount.ts';

/** One thing to deploy to, settled and well, with what the contract needs to drive it. */
export interface Stage {
  /** A fresh target, as after a crash. */
  readonly target: () => Target;
  /** A deployment of a good image. */
  readonly job: Job;
  /** What runs, asked of the cloud itself. */
  readonly runs: () => Promise<string>;
  /** Lets the time pass that a rollout takes. */
  readonly settle: () => Promise<void>;
  /** What somebody else does: another image, by the same way. Answers its revision, once it runs. */
  readonly takeOver: () => Promise<string>;
  /** Takes a revision out of use: to be brought once more it has to be made anew. */
  readonly retire: (revision: string) => Promise<void>;
  /** IAM actions of the calls made so far. */
  readonly calls: () => readonly string[];
  /** Throws `error` in the `number`th call from now on, before or after it takes effect. */
  readonly breakAt: (number: number, when: 'before' | 'after', error: Error) => void;
  /** How often the cloud was told to roll out. */
  readonly rollouts: () => number;
  /** The error by which the cloud tells that it is too busy. */
  readonly throttle: Error;
  /** It acts only where what it expects is active: a restore that must change nothing is made, and its observation tells why it did not. */
  readonly comparesWhereItActs?: true;
  /** A revision that is made anew has the same name. */
  readonly namesByContent?: true;
  /** Jobs whose target is missing, each with the name of what is missing. */
  readonly missing: readonly { readonly job: Job; readonly name: string }[];
}

const looked = async (stage: Stage, target = stage.target()): Promise<Current> => {
  const answer = await target.current(stage.job);
  if (answer.kind === 'refused') throw new Error(answer.failure.message);
  return answer.current;
};

/** Asks until there is an answer, as the core does: a fresh target each time, which is told that it was asked before. */
const patiently = async <T>(stage: Stage, target: Target, ask: (target: Target, again: boolean) => Promise<T>): Promise<T> => {
  for (let asked = target, again = false; ; asked = stage.target(), again = true) {
    try {
      return await ask(asked, again);
    } catch (error) {
      if (!(error instanceof NotYetError)) throw error;
      await stage.settle();
    }
  }
};

const begun = async (stage: Stage, job: Job, target = stage.target()): Promise<Rollout> => {
  const answer = await patiently(stage, target, (asked, again) => asked.start({ ...job, again: job.again || again }));
  if (answer.kind === 'refused') throw new Error(answer.failure.message);
  return answer.rollout;
};

const restored = (stage: Stage, job: Job, to: Revision): Promise<Restored> =>
  patiently(stage, stage.target(), (asked) => asked.restore(job, to));

const rolloutIn = (answer: Restored): Rollout => {
  if ((answer.kind === 'called' || answer.kind === 'nothing') && answer.rollout !== undefined) return answer.rollout;
  throw new Error(`no rollout was told, but ${JSON.stringify(answer)}`);
};

const CRASH = new Error('crash');

/** What is over when it is answered, and has no way that could be looked at. */
interface Over {
  readonly start?: boolean;
  readonly restore?: boolean;
}

/** What every target promises. `calls` is the number of calls that `start` makes after `current`, as often as it has to be asked. */
export const targetContract = (module: TargetModule, open: () => Promise<Stage>, startCalls: number, over: Over = {}): void => {
  describe(`the target ${module.kind}`, () => {
    it('starts, observes, and restores what was there', async () => {
      const stage = await open();
      const target = stage.target();
      const first = await stage.runs();
      const before = await looked(stage, target);
      const rollout = await begun(stage, { ...stage.job, before }, target);
      const job = { ...stage.job, before, rollout };
      expect((await target.observe(job, rollout)).phase).toBe(over.start ? 'completed' : 'in-progress');
      await stage.settle();
      expect((await target.observe(job, rollout)).phase).toBe('completed');
      expect(await stage.runs()).toBe(rollout.revision.id);
      const back = rolloutIn(await restored(stage, job, before.revision));
      await stage.settle();
      expect((await target.observe(job, back)).phase).toBe('completed');
      expect(await stage.runs()).toBe(first);
    });

    it('leaves what somebody else has brought meanwhile', async () => {
      const stage = await open();
      const before = await looked(stage);
      const rollout = await begun(stage, { ...stage.job, before });
      await stage.settle();
      const theirs = await stage.takeOver();
      const job = { ...stage.job, before, rollout };
      const made = stage.rollouts();
      expect(await stage.target().observe(job, rollout)).toMatchObject({ phase: 'taken-over', running: { id: theirs } });
      const answer = await stage.target().restore(job, before.revision);
      if (stage.comparesWhereItActs) {
        await stage.settle();
        const told = await stage.target().observe(job, rolloutIn(answer));
        expect(told).toMatchObject({ phase: 'taken-over', running: { id: theirs } });
      } else expect(answer).toMatchObject({ kind: 'taken-over', running: { id: theirs } });
      expect(stage.rollouts()).toBe(made);
      await stage.settle();
      expect(await stage.runs()).toBe(theirs);
    });

    it('goes where a person has named, though what is left was never begun', async () => {
      const stage = await open();
      const first = await looked(stage);
      await begun(stage, { ...stage.job, before: first });
      await stage.settle();
      const before = await looked(stage);
      const next = { ...stage.job, deployment: `${stage.job.deployment}-next`, before, again: true, exactly: true } as const;
      await restored(stage, next, first.revision);
      await stage.settle();
      expect(await stage.runs()).toBe(first.revision.id);
    });

    it('goes back to a revision that is out of use by one made anew, once, though the answer is lost', async () => {
      const stage = await open();
      const before = await looked(stage);
      const rollout = await begun(stage, { ...stage.job, before });
      await stage.settle();
      await stage.retire(before.revision.id);
      const job = { ...stage.job, before, rollout };
      const back = rolloutIn(await restored(stage, job, before.revision));
      const { id } = before.revision;
      expect(back.revision).toEqual({ ...before.revision, id: stage.namesByContent ? id : expect.not.stringContaining(id) });
      expect(await stage.target().restore(job, before.revision)).toEqual({
        kind: 'nothing',
        settled: over.restore === true,
        rollout: back,
      });
      await stage.settle();
      const answer = await stage.target().restore(job, before.revision);
      expect(answer).toMatchObject({ kind: 'nothing', settled: true, rollout: { revision: back.revision } });
      expect(stage.rollouts()).toBe(2);
      expect(await stage.runs()).toBe(back.revision.id);
    });

    it('does by two calls what it does by one', async () => {
      const stage = await open();
      const before = await looked(stage);
      expect(await looked(stage)).toEqual(before);
      const rollout = await begun(stage, { ...stage.job, before });
      expect(await begun(stage, { ...stage.job, before, again: true })).toEqual(rollout);
      expect(stage.rollouts()).toBe(1);
      await stage.settle();
      const job = { ...stage.job, before, rollout };
      expect(await stage.target().observe(job, rollout)).toEqual(await stage.target().observe(job, rollout));
      const back = rolloutIn(await restored(stage, job, before.revision));
      expect(rolloutIn(await stage.target().restore(job, before.revision))).toEqual(back);
      expect(stage.rollouts()).toBe(2);
    });

    // To crash after a call leaves what a crash before the next one leaves.
    for (const [when, calls] of [
      ['before', amount(1, startCalls)],
      ['after', startCalls],
    ] as const) {
      for (let call = 1; call <= calls; call += 1) {
        it(`restores after a crash ${when} call ${call} of the start`, async () => {
          const stage = await open();
          const target = stage.target();
          const before = await looked(stage, target);
          stage.breakAt(call, when, CRASH);
          await expect(begun(stage, { ...stage.job, before }, target)).rejects.toThrow('crash');
          await restored(stage, { ...stage.job, before, again: true }, before.revision);
          await stage.settle();
          expect(await stage.runs()).toBe(before.revision.id);
        });

        it(`starts once, by a second start after a crash ${when} call ${call} of the first`, async () => {
          const stage = await open();
          const target = stage.target();
          const before = await looked(stage, target);
          stage.breakAt(call, when, CRASH);
          await expect(begun(stage, { ...stage.job, before }, target)).rejects.toThrow('crash');
          const rollout = await begun(stage, { ...stage.job, before, again: true });
          await stage.settle();
          expect((await stage.target().observe({ ...stage.job, before, rollout }, rollout)).phase).toBe('completed');
          expect(await stage.runs()).toBe(rollout.revision.id);
        });
      }
    }

    it('makes no call that it does not declare', async () => {
      const stage = await open();
      const declared = module.permissions(stage.job.config, { account: '123456789012', region: 'eu-west-1' });
      let told = 0;
      const undeclared = (method: TargetMethod) => {
        const made = stage.calls().slice(told);
        told += made.length;
        expect(made.length).toBeGreaterThan(0);
        return made.filter((action) => !(declared[method] ?? []).some(({ actions }) => actions.includes(action)));
      };
      const target = stage.target();
      const before = await looked(stage, target);
      expect(undeclared('current')).toEqual([]);
      const rollout = await begun(stage, { ...stage.job, before, again: true }, target);
      expect(undeclared('start')).toEqual([]);
      const job = { ...stage.job, before, rollout };
      await target.observe(job, rollout);
      expect(undeclared('observe')).toEqual([]);
      await restored(stage, job, before.revision);
      expect(undeclared('restore')).toEqual([]);
    });

    it('says why, wherever it declares any resource', async () => {
      const stage = await open();
      const declared = module.permissions(stage.job.config, { account: '123456789012', region: 'eu-west-1' });
      const unexplained = Object.values(declared)
        .flat()
        .filter(({ resources, why }) => resources.includes('*') && why === undefined);
      expect(unexplained).toEqual([]);
    });

    it('answers with the name of what is missing', async () => {
      const stage = await open();
      for (const { job, name } of stage.missing) {
        const answer = await stage.target().current(job);
        expect(answer).toMatchObject({ kind: 'refused', failure: { evidence: false } });
        expect(answer.kind === 'refused' && answer.failure.message).toContain(name);
      }
    });

    it('throws a throttle, in every method', async () => {
      const stage = await open();
      const before = await looked(stage);
      const rollout = { revision: before.revision, id: '', startedAt: 0 };
      const methods = [
        (target: Target) => target.current(stage.job),
        (target: Target) => target.start({ ...stage.job, before }),
        (target: Target) => target.observe(stage.job, rollout),
        (target: Target) => target.restore(stage.job, before.revision),
      ];
      for (const method of methods) {
        stage.breakAt(1, 'before', stage.throttle);
        await expect(method(stage.target())).rejects.toThrow(stage.throttle.message);
      }
    });
  });
};
