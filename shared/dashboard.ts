/** A dashboard's name takes letters, digits, `-` and `_` (CloudWatch API reference, PutDashboard); an environment's may have dots. */
export const dashboardName = (installation: string, environment: string): string =>
  `${installation}-${environment.replaceAll('.', '__')}`;

/** The console's host, by partition (AWS General Reference, "AWS Management Console endpoints"). */
export const consoleOf = (region: string): string => {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
};

/** Where people look at how an environment is. `installation` is the bus's name, and the prefix of every other. */
export const dashboardUrl = (region: string, installation: string, environment: string): string => {
  const name = encodeURIComponent(dashboardName(installation, environment));
  return `https://${consoleOf(region)}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
};
