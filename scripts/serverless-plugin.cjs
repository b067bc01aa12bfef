'use strict';

/** What the packager does not do itself: hold the template to AWS's quotas, ask for the catalogue's references, and end. */
module.exports = class Switchyard {
  constructor(serverless) {
    const template = () => serverless.service.provider.compiledCloudFormationTemplate;
    const refuse = (message) => {
      throw new serverless.classes.Error(message);
    };
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': async () => {
        const { quotaProblems } = await load('./stack/quotas.ts');
        const problems = quotaProblems(template());
        if (problems.length > 0)
          refuse(`the pipeline does not fit into AWS:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
      },
      'before:deploy:deploy': async () => {
        const { unsetReferences } = await load('./stack/quotas.ts');
        const { references } = await load('./stack/stack.ts');
        const names = unsetReferences(template(), references());
        if (names.length > 0)
          refuse(`the catalogue refers to ${names.map((name) => `\${env:${name}}`).join(', ')}: set them where you deploy from`);
      },
      // After a failed build serverless-esbuild keeps its service alive, and the command would never end.
      error: () => {
        setTimeout(() => process.exit(1), 500).unref();
      },
    };
  }
};

const load = async (file) => {
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(file, __filename);
};
