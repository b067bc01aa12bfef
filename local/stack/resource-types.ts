import type { ResourceType } from './resource-type.ts';
import { awsCloudwatchAlarm } from './resources/aws-cloudwatch-alarm.ts';
import { awsCloudwatchDashboard } from './resources/aws-cloudwatch-dashboard.ts';
import { awsCodebuildProject } from './resources/aws-codebuild-project.ts';
import { awsDynamodbTable } from './resources/aws-dynamodb-table.ts';
import { awsEventSchemasRegistry } from './resources/aws-event-schemas-registry.ts';
import { awsEventSchemasSchema } from './resources/aws-event-schemas-schema.ts';
import { awsEventsEventBus } from './resources/aws-events-event-bus.ts';
import { awsEventsEventBusPolicy } from './resources/aws-events-event-bus-policy.ts';
import { awsEventsRule } from './resources/aws-events-rule.ts';
import { awsIamManagedPolicy } from './resources/aws-iam-managed-policy.ts';
import { awsIamRole } from './resources/aws-iam-role.ts';
import { awsLambdaEventSourceMapping } from './resources/aws-lambda-event-source-mapping.ts';
import { awsLambdaFunction } from './resources/aws-lambda-function.ts';
import { awsLambdaPermission } from './resources/aws-lambda-permission.ts';
import { awsLogsLogGroup } from './resources/aws-logs-log-group.ts';
import { awsLogsQueryDefinition } from './resources/aws-logs-query-definition.ts';
import { awsS3Bucket } from './resources/aws-s3-bucket.ts';
import { awsS3BucketPolicy } from './resources/aws-s3-bucket-policy.ts';
import { awsSqsQueue } from './resources/aws-sqs-queue.ts';
import { awsSqsQueuePolicy } from './resources/aws-sqs-queue-policy.ts';
import { awsXraySamplingRule } from './resources/aws-xray-sampling-rule.ts';

/** Every type of resource that the local cloud creates. A test compares it with the folder. */
export const resourceTypes: readonly ResourceType[] = [
  awsCloudwatchAlarm,
  awsCloudwatchDashboard,
  awsCodebuildProject,
  awsDynamodbTable,
  awsEventSchemasRegistry,
  awsEventSchemasSchema,
  awsEventsEventBus,
  awsEventsEventBusPolicy,
  awsEventsRule,
  awsIamManagedPolicy,
  awsIamRole,
  awsLambdaEventSourceMapping,
  awsLambdaFunction,
  awsLambdaPermission,
  awsLogsLogGroup,
  awsLogsQueryDefinition,
  awsS3Bucket,
  awsS3BucketPolicy,
  awsSqsQueue,
  awsSqsQueuePolicy,
  awsXraySamplingRule,
];
