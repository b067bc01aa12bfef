import { describe, expect, it } from 'vitest';
import { sources } from './sources.ts';

const VAGUE = /(^|[/-])(utils?|helpers?|common|managers?)([./-])/;
const vague = (paths: readonly string[]): readonly string[] => paths.filter((path) => VAGUE.test(path));

describe('names', () => {
  it('say what a file is for', () => {
    expect(vague(sources('.').map(({ path }) => path))).toEqual([]);
    expect(vague(['shared/utils.ts', 'local/common/a.ts', 'helper.test.ts', 'shared/lane-manager.ts'])).toHaveLength(4);
  });
});
