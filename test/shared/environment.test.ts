import { describe, expect, it } from 'vitest';
import { readSettings } from '../../shared/environment.ts';

const ENVIRONMENT = {
  SWITCHYARD_ACCOUNT: '123456789012',
  AWS_REGION: 'eu-west-1',
  SWITCHYARD_TABLE: 'switchyard',
  SWITCHYARD_BUS: 'switchyard',
  SWITCHYARD_INBOX_URL: 'https://sqs/inbox',
  SWITCHYARD_DEPLOY_URL: 'https://sqs/deploy.fifo',
  SWITCHYARD_VERIFY_URL: 'https://sqs/verify.fifo',
  SWITCHYARD_ROLLBACK_URL: 'https://sqs/rollback.fifo',
  SWITCHYARD_PROMOTE_URL: 'https://sqs/promote.fifo',
  SWITCHYARD_DEAD_LETTER_URL: 'https://sqs/deploy-dlq.fifo',
  SWITCHYARD_TIMEOUT_SECONDS: '60',
  API_URL: 'https://api.example.com',
};

describe('the environment of a function', () => {
  it('is its settings, and the values of the references of the catalogue', () => {
    expect(readSettings(ENVIRONMENT, ['API_URL'])).toEqual({
      account: '123456789012',
      region: 'eu-west-1',
      table: 'switchyard',
      bus: 'switchyard',
      inboxUrl: 'https://sqs/inbox',
      queueUrls: {
        deploy: 'https://sqs/deploy.fifo',
        verify: 'https://sqs/verify.fifo',
        rollback: 'https://sqs/rollback.fifo',
        promote: 'https://sqs/promote.fifo',
      },
      deadLetterUrl: 'https://sqs/deploy-dlq.fifo',
      timeoutSeconds: 60,
      references: { API_URL: 'https://api.example.com' },
    });
  });

  it('that lacks something is refused with every missing name at once', () => {
    const { SWITCHYARD_TABLE: _, ...rest } = ENVIRONMENT;
    const read = () => readSettings({ ...rest, SWITCHYARD_BUS: '', API_URL: undefined }, ['API_URL', 'OTHER_URL']);
    expect(read).toThrow('lacks SWITCHYARD_TABLE, SWITCHYARD_BUS, API_URL, OTHER_URL;');
  });

  it.each(['', 'soon', '0', '-1', '1.5', 'NaN'])('that says "%s" for a timeout is refused', (SWITCHYARD_TIMEOUT_SECONDS) => {
    expect(() => readSettings({ ...ENVIRONMENT, SWITCHYARD_TIMEOUT_SECONDS }, [])).toThrow('SWITCHYARD_TIMEOUT_SECONDS');
  });
});
