// CDKTF captures a stack trace for every token: a third of the time of a synth, and nothing that
// a test looks at (hashicorp/terraform-cdk#3892). The output is the same without.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const stackTrace = require("cdktf/lib/tokens/private/stack-trace") as Record<string, unknown>;
stackTrace["captureStackTrace"] = () => [];
