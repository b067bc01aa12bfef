import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { zipOf } from '../../../local/lambda/write-zip.ts';
import { testCloud } from '../cloud/cloud-builder.ts';

/** A handler of Node.js that answers every event, and the requests at its address, with these words. */
export const answering = (words: string): Buffer =>
  zipOf('index.mjs', `export const handler = async () => ({ statusCode: 200, body: ${JSON.stringify(words)} });\n`);

/** A cloud with the function `shop` of a zip archive, active. */
export const zipFunction = async (code: Buffer, ...more: Parameters<typeof testCloud>) => {
  const cloud = await testCloud(...more);
  const lambda = new LambdaClient(cloud.access());
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'shop',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: code },
      Role: 'arn:aws:iam::123456789012:role/worker',
      Architectures: ['arm64'],
      Timeout: 5,
    }),
  );
  return { ...cloud, lambda };
};
