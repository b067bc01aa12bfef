import { ECRClient } from '@aws-sdk/client-ecr';
import { expect, it } from 'vitest';
import { siteClients } from '../../../shared/sites/clients.ts';

const AWS = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

it('a client of another region than the site is made once, with the credentials of the site', async () => {
  const client = siteClients(AWS)({ region: 'us-east-1' }, 'd-1');
  const [own, named] = [client(ECRClient), client(ECRClient, 'ap-south-1')];
  expect([await own.config.region(), await named.config.region()]).toEqual(['us-east-1', 'ap-south-1']);
  expect([client(ECRClient), client(ECRClient, 'ap-south-1')]).toEqual([own, named]);
  expect(client(ECRClient)).not.toBe(named);
  expect(await named.config.credentials()).toMatchObject({ accessKeyId: 'a' });
});
