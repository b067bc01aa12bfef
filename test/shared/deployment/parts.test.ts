import { describe, expect, it } from 'vitest';
import { isIdOf, joined, partsOf } from '../../../shared/deployment/parts.ts';

const TWO_SITES = 'eu=arn:aws:ecs:eu-west-1:1:task-definition/api:7 us=arn:aws:ecs:us-east-1:1:task-definition/api:9';

describe('an id of several sites', () => {
  it('is theirs, each after its site´s name, and is read back', () => {
    const ids = new Map([
      ['eu', 'arn:aws:ecs:eu-west-1:1:task-definition/api:7'],
      ['us', 'arn:aws:ecs:us-east-1:1:task-definition/api:9'],
    ]);
    expect(joined(ids)).toBe(TWO_SITES);
    expect(partsOf(TWO_SITES)).toEqual(ids);
  });

  it('of one place alone has no site, though it has a sign of equality where no name is before it', () => {
    expect(partsOf('ecs-svc/2')).toEqual(new Map());
    expect(partsOf('=ecs-svc/2')).toEqual(new Map());
    expect(partsOf('')).toEqual(new Map());
  });

  it('has the shortest name that a site can have, and signs of equality of its own', () => {
    expect(partsOf('e=a=b')).toEqual(new Map([['e', 'a=b']]));
  });

  it('is told whole, or by one of its sites, and not by a piece of it', () => {
    expect(isIdOf('ecs-svc/2', 'ecs-svc/2')).toBe(true);
    expect(isIdOf('eu=ecs-svc/2 us=ecs-svc/9', 'eu=ecs-svc/2 us=ecs-svc/9')).toBe(true);
    expect(isIdOf('eu=ecs-svc/2 us=ecs-svc/9', 'ecs-svc/9')).toBe(true);
    expect(isIdOf('eu=ecs-svc/22 us=ecs-svc/9', 'ecs-svc/2')).toBe(false);
    expect(isIdOf('ecs-svc/2', 'ecs-svc/9')).toBe(false);
  });
});
