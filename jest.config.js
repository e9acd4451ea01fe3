/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test", "<rootDir>/clients/node/test"],
  transform: { "^.+\\.ts$": ["ts-jest", {}] },
  moduleNameMapper: {
    "^leasehold$": "<rootDir>/lib",
    "^leasehold/cli$": "<rootDir>/cli",
    "^@leasehold/proof$": "<rootDir>/proof/index.ts",
    "^@leasehold/proof/(.*)$": "<rootDir>/proof/$1",
  },
  globalSetup: "<rootDir>/test/support/built.js",
  setupFiles: ["<rootDir>/test/support/fast-stack-traces.ts", "<rootDir>/test/support/seed.ts"],
  setupFilesAfterEnv: ["<rootDir>/test/support/matchers.ts"],
  testTimeout: 30_000,
};
