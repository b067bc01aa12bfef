import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BatchGetImageCommand, CreateRepositoryCommand, ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { expect, it } from 'vitest';
import { listen } from '../../../local/server.ts';
import { testCloud } from '../cloud/cloud-builder.ts';
import { answering } from '../lambda/zip-functions.ts';
import { artifactManifest, pushArtifact } from '../registry/artifacts.ts';
import { OCI_MANIFEST, sha256 } from '../registry/images.ts';
import { writeLayout } from '../registry/layout.ts';

const SKOPEO = '/usr/bin/skopeo';

it.skipIf(!existsSync(SKOPEO))(
  "an artifact of a zip archive goes in and comes out by an ordinary client, byte for byte (needs Debian's skopeo)",
  async () => {
    const cloud = await testCloud();
    const listening = await listen(cloud.handle, 0);
    const ecr = new ECRClient(cloud.access());
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'functions' }));
    const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
    const login = Buffer.from(data?.authorizationToken ?? '', 'base64').toString('utf8');
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-artifact-'));
    const bytes = answering('by skopeo');
    const manifest = Buffer.from(JSON.stringify(artifactManifest([{ bytes }])));
    const config = Buffer.from('{}');
    const blobs = [config, bytes].map((blob) => ({ digest: sha256(blob), bytes: blob }));
    const made = { digest: sha256(manifest), mediaType: OCI_MANIFEST, bytes: manifest };
    writeLayout(folder, 'function', [...blobs, made], made);
    const host = `127.0.0.1:${listening.port}`;
    const skopeo = promisify(execFile);
    await skopeo(SKOPEO, [
      'copy',
      '--dest-tls-verify=false',
      '--dest-creds',
      login,
      `oci:${folder}:function`,
      `docker://${host}/functions:v1`,
    ]);
    const { images: [image] = [] } = await ecr.send(
      new BatchGetImageCommand({ repositoryName: 'functions', imageIds: [{ imageTag: 'v1' }] }),
    );
    expect(image?.imageId?.imageDigest).toBe(made.digest);
    // and what is pushed here by the raw API is read by it
    await pushArtifact({ handle: cloud.handle, access: cloud.access() }, 'functions', 'v2', [{ bytes: answering('raw') }]);
    const out = join(folder, 'out');
    await skopeo(SKOPEO, ['copy', '--src-tls-verify=false', '--src-creds', login, `docker://${host}/functions:v2`, `dir:${out}`]);
    expect(readFileSync(join(out, sha256(answering('raw')).slice(7)))).toEqual(answering('raw'));
    rmSync(folder, { recursive: true, force: true });
    await listening.close();
    await cloud.stop();
  },
);
