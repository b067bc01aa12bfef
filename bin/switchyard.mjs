#!/usr/bin/env node
// The command line is TypeScript: tsx loads it, in a checkout and where the package is installed.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('../cli/main.ts');
await main();
