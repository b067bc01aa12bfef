import { generatedName, placeOf, type ResourceType, requiredText, textProperty } from '../resource-type.ts';
import { StackError } from '../stack-error.ts';
import { isRecord } from '../template.ts';

/** Kept with the stack: nobody looks at dashboards here. */
export const awsCloudwatchDashboard: ResourceType = {
  type: 'AWS::CloudWatch::Dashboard',
  properties: ['DashboardBody', 'DashboardName'],
  create(resource) {
    const name = textProperty(resource, 'DashboardName') ?? generatedName(resource);
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
      throw new StackError(`${placeOf(resource, 'DashboardName')} takes 1 to 255 letters, digits, - and _`);
    if (!hasWidgets(requiredText(resource, 'DashboardBody')))
      throw new StackError(
        `${placeOf(resource, 'DashboardBody')} must be JSON with a list of widgets, each with a type and properties`,
      );
    return { ref: name, attributes: {} };
  },
};

/** CloudWatch API reference, "Dashboard body structure and syntax". */
const hasWidgets = (body: string): boolean => {
  try {
    const { widgets }: { widgets?: unknown } = JSON.parse(body);
    return (
      Array.isArray(widgets) &&
      widgets.every((widget) => isRecord(widget) && typeof widget['type'] === 'string' && isRecord(widget['properties']))
    );
  } catch {
    return false;
  }
};
