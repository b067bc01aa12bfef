import { describe, expect, it } from 'vitest';
import { masked } from '../../shared/secrets.ts';

/** The shapes are those that the services document; the values are their documentation's examples, or made up. */
describe('a text', () => {
  it.each([
    ['an access key (IAM, unique identifiers)', 'key AKIAIOSFODNN7EXAMPLE.', 'key AKIA***.'],
    ['a GitHub token', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'ghp_***'],
    ['a fine-grained GitHub token', 'github_pat_11ABCDE_abcdefghij', 'github_pat_***'],
    ['a Slack token', 'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy', 'xoxb-***'],
    ['a JSON web token (RFC 7519)', 'a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVm b', 'a eyJ*** b'],
    ['a password in an address', 'https://ann:pa55word@example.com/x', 'https://***@example.com/x'],
    ['a bearer token', 'Authorization: Bearer 9f86d081884c7d65', 'Authorization: Bearer ***'],
    ['a password that is named', '{"password": "hunter2"}', '{"password": "***"}'],
    ['a signature of a presigned address', 'X-Amz-Signature=0123456789abcdef&x=1', 'X-Amz-Signature=***&x=1'],
    [
      'a private key',
      'a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----',
      'a -----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----',
    ],
  ])('loses %s', (_, text, rest) => {
    expect(masked(text)).toBe(rest);
  });

  it.each([
    'deployment d-01hx5tsbbn4we0qq3sq910pryj of 123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod@sha256:275eea3d67a0',
    'arn:aws:ecs:eu-west-1:123456789012:task-definition/adit-service-preprod:1',
    'there is no environment "prd"; the catalogue knows: preprod, prod',
    'http://127.0.0.1:4566/health?x=1',
    'commit 4f9c2d1e8b7a6053c4d5e6f708192a3b4c5d6e7f',
  ])('without any stays as it is: %s', (text) => {
    expect(masked(text)).toBe(text);
  });
});
