'use strict';

/** Ends the process after a failed build: serverless-esbuild keeps its service alive then, and the command would never end. */
module.exports = class EndAfterFailure {
  constructor() {
    this.hooks = {
      error: () => {
        setTimeout(() => process.exit(1), 500).unref();
      },
    };
  }
};
