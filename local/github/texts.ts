import { validationFailed } from './refusal.ts';

/** "The maximum description length is 140 characters" (repos/create-deployment-status); commit statuses refuse more in the same words. */
export const shortDescription = (resource: string, text: string): string => {
  if ([...text].length <= 140) return text;
  throw validationFailed({
    resource,
    code: 'custom',
    field: 'description',
    message: 'description is too long (maximum is 140 characters)',
  });
};

const LONGEST_BODY = 65_536;

/** GitHub's own words for a body that is too long name this number of characters. */
export const bodyText = (resource: 'Issue' | 'IssueComment', text: string): string => {
  if ([...text].length <= LONGEST_BODY) return text;
  throw validationFailed(
    resource === 'Issue'
      ? { resource, code: 'custom', field: 'body', message: `body is too long (maximum is ${LONGEST_BODY} characters)` }
      : { resource, code: 'unprocessable', field: 'data', message: `Body is too long (maximum is ${LONGEST_BODY} characters)` },
  );
};

/** An address that people are led to. */
export const webAddress = (resource: string, field: string, text: string): string => {
  if (text === '' || (URL.canParse(text) && /^https?:\/\//.test(text))) return text;
  throw validationFailed({ resource, code: 'custom', field, message: `${field} must use http(s) scheme` });
};
