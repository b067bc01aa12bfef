import { arnAt } from '../../place.ts';
import { placeOf, type ResourceType, structureProperty } from '../resource-type.ts';
import { StackError } from '../stack-error.ts';

/** X-Ray API reference, SamplingRule: every one of these is required. */
const REQUIRED = [
  'FixedRate',
  'HTTPMethod',
  'Host',
  'Priority',
  'ReservoirSize',
  'ResourceARN',
  'ServiceName',
  'ServiceType',
  'URLPath',
  'Version',
];
const MEMBERS = [...REQUIRED, 'Attributes', 'RuleName', 'RuleARN'];

/** Kept with the stack: nothing is traced here. */
export const awsXraySamplingRule: ResourceType = {
  type: 'AWS::XRay::SamplingRule',
  properties: ['SamplingRule', 'Tags'],
  create(resource, { place }) {
    const rule = structureProperty(resource, 'SamplingRule', MEMBERS);
    const missing = REQUIRED.find((member) => rule[member] === undefined);
    if (missing !== undefined) throw new StackError(`${placeOf(resource, `SamplingRule.${missing}`)} is required`);
    const name = String(rule['RuleName'] ?? '');
    if (!/^.{1,32}$/.test(name)) throw new StackError(`${placeOf(resource, 'SamplingRule.RuleName')} takes 1 to 32 characters`);
    if (!(Number(rule['FixedRate']) >= 0 && Number(rule['FixedRate']) <= 1))
      throw new StackError(`${placeOf(resource, 'SamplingRule.FixedRate')} must be from 0 to 1`);
    const arn = arnAt(place, 'xray', `sampling-rule/${name}`);
    return { ref: arn, attributes: { RuleARN: arn } };
  },
};
