/** Every event that is taken, by its `detail-type`: the schema of its detail, in `schemas/events/`. */
export const TAKEN = {
  DeployRequested: 'DeployRequested',
  RollbackRequested: 'RollbackRequested',
  DeploymentCancelRequested: 'DeploymentCancelRequested',
  'ECS Deployment State Change': 'EcsDeploymentStateChange',
  'ECS Task State Change': 'EcsTaskStateChange',
  'ECS Hook State Change': 'EcsHookStateChange',
  'CodeDeploy Deployment State-change Notification': 'CodeDeployDeploymentStateChange',
  'CodeBuild Build State Change': 'CodeBuildBuildStateChange',
  'EC2 Command Status-change Notification': 'Ec2CommandStatusChange',
  'CloudWatch Alarm State Change': 'CloudWatchAlarmStateChange',
  PromotionRequested: 'PromotionRequested',
  EvidenceRecorded: 'EvidenceRecorded',
  'ECR Image Action': 'EcrImageAction',
  'ECR Image Scan': 'EcrImageScan',
  'Inspector2 Scan': 'EcrImageScan',
  // Our own, which the next function takes up.
  PromotionCompleted: 'PromotionCompleted',
} as const;

export type TakenType = keyof typeof TAKEN;
