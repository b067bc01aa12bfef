import { siteRoles } from '../../scripts/stack/roles.ts';
import { FORWARDED, placesOf } from '../../scripts/stack/rules.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Where the pipeline is, under which name. */
export interface Pipeline extends Place {
  readonly stack: string;
}

/**
 * CloudFormation template of what an account needs in one region to be deployed to: the roles that the catalogue names there, in the first
 * region of each since roles are the account's, and the rules that pass on to the pipeline's bus what AWS tells there. Throws where
 * the catalogue has nothing to do with that account and region.
 */
export const targetAccount = (catalogue: Catalogue, place: Place, pipeline: Pipeline): object => {
  const places = placesOf(catalogue);
  if (!places.some(({ account, region }) => account === place.account && region === place.region)) {
    const known = [...new Set(places.map(({ account, region }) => `${account} ${region}`))].join(', ');
    throw new Error(
      `the catalogue has no site, role or registry in account ${place.account}, ${place.region}; it knows: ${known === '' ? 'none' : known}`,
    );
  }
  const roles = [...siteRoles(catalogue, place.account, pipeline).values()].filter(({ regions }) => regions[0] === place.region);
  const isElsewhere = place.account !== pipeline.account || place.region !== pipeline.region;
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `What ${pipeline.stack} of account ${pipeline.account} in ${pipeline.region} needs here`,
    Resources: Object.assign({}, ...roles.map(({ resources }) => resources), isElsewhere ? forwarding(pipeline) : {}),
  };
};

/**
 * A target in another account or region is called in a role (EventBridge User Guide, "Sending and receiving events between AWS accounts").
 * What cannot be passed on in a day is lost: every deployment is looked at without its events too.
 */
const forwarding = ({ account, region, stack }: Pipeline): Readonly<Record<string, object>> => {
  const bus = `arn:aws:events:${region}:${account}:event-bus/${stack}`;
  const rule = (pattern: object) => ({
    Type: 'AWS::Events::Rule',
    Properties: {
      Description: `To ${bus}`,
      State: 'ENABLED',
      EventPattern: { ...pattern, account: [{ Ref: 'AWS::AccountId' }] },
      Targets: [
        {
          Id: 'pipeline',
          Arn: bus,
          RoleArn: { 'Fn::GetAtt': ['ForwardingRole', 'Arn'] },
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
        },
      ],
    },
  });
  return {
    ...Object.fromEntries(Object.entries(FORWARDED).map(([name, pattern]) => [name, rule(pattern)])),
    ForwardingRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'forwards',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: [bus] }],
            },
          },
        ],
      },
    },
  };
};
