import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Site } from '../deployment/settings.ts';

/** The clients of a site, for a deployment; without one those of the pipeline's own account and region. */
export type Reach = (
  site: Site | undefined,
  deployment: string,
) => { readonly cloudwatch: CloudWatchClient; readonly lambda: LambdaClient };
