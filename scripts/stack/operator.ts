import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { arnOf } from './grants.ts';
import { deadLettersIn, queuesIn } from './queues.ts';
import { allow, type Resource } from './statements.ts';

const REQUESTS = ['DeployRequested', 'RollbackRequested', 'DeploymentCancelRequested', 'PromotionRequested', 'EvidenceRecorded'];

const OWN_QUEUES: Resource = { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Bus}-*' };

const HISTORY: Resource = { 'Fn::Sub': '${Table.Arn}/index/history' };

/** For people at the command line: requests, reading, and the dead letters of every queue that this catalogue makes. */
export const operatorFor = (catalogue: Catalogue): { readonly Resources: Readonly<Record<string, object>> } => ({
  Resources: {
    OperatorPolicy: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        ManagedPolicyName: { 'Fn::Sub': '${Bus}-operator' },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            allow(['events:PutEvents'], [arnOf('Bus')], {
              StringEquals: { 'events:source': 'cli', 'events:detail-type': REQUESTS },
            }),
            allow(['dynamodb:BatchGetItem', 'dynamodb:Query'], [arnOf('Table')]),
            allow(['dynamodb:Query'], [HISTORY]),
            // the record of what was done to a dead letter, and nothing else
            allow(['dynamodb:PutItem'], [arnOf('Table')], {
              'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['redrive#*'] },
            }),
            allow(['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], [OWN_QUEUES]),
            allow(
              ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'],
              deadLettersIn(catalogue).map(arnOf),
            ),
            allow(['sqs:SendMessage'], queuesIn(catalogue).map(arnOf)),
          ],
        },
      },
    },
  },
});
