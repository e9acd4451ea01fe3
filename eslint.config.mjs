import tseslint from "typescript-eslint";

/** Forbids imports from the given layers; the direction is main, cli -> stacks -> lib. */
const closedTo = (files, forbidden, message) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      {
        paths: [{ name: "cdktf", message: "import through lib/core/terraform.ts, the one door to CDKTF" }],
        patterns: [
          {
            group: ["@cdktf/provider-*", "cdktf/*"],
            message: "import through lib/core/terraform.ts, the one door to CDKTF",
          },
          ...(forbidden.length > 0 ? [{ group: forbidden, message }] : []),
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ["**/dist/", "node_modules/", "cdktf.out*/", "coverage/"] },
  ...tseslint.configs.recommended,
  // An omitted key is how an object is copied without it.
  { rules: { "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }] } },
  {
    files: ["lib/**/*.ts", "stacks/**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 260, skipBlankLines: true, skipComments: true }],
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "only main.ts and cli/ read the environment" },
      ],
    },
  },
  closedTo(["main.ts", "cli/**/*.ts"], [], ""),
  closedTo(["stacks/**/*.ts"], ["**/cli/*", "**/main"], "stacks know neither the CLI nor main"),
  closedTo(["lib/**/*.ts"], ["**/stacks/*", "**/cli/*"], "lib knows neither stacks nor environments"),
  closedTo(
    ["lib/core/**/*.ts"],
    ["**/stacks/*", "**/cli/*", "../vault/*", "../auth/*", "../postgres/*", "../service/*"],
    "core imports nothing of the project",
  ),
  closedTo(
    ["lib/vault/**/*.ts"],
    ["**/stacks/*", "**/cli/*", "../auth/*", "../postgres/*", "../service/*"],
    "lib/vault imports core only",
  ),
  closedTo(
    ["lib/auth/**/*.ts"],
    ["**/stacks/*", "**/cli/*", "../vault/*", "../postgres/*", "../service/*"],
    "lib/auth imports core only",
  ),
  closedTo(
    ["lib/postgres/**/*.ts"],
    ["**/stacks/*", "**/cli/*", "../vault/*", "../auth/*", "../service/*"],
    "lib/postgres imports core only",
  ),
  closedTo(
    ["lib/access/**/*.ts"],
    ["**/stacks/*", "**/cli/*", "../core", "../vault", "../auth", "../postgres", "../service", "../rules"],
    "lib/access reads what was rendered, by whomever, and knows nobody who rendered it",
  ),
  closedTo(
    ["lib/rules/**/*.ts"],
    ["**/stacks/*", "**/cli/*", "../../vault", "../../auth", "../../postgres", "../../service"],
    "lib/rules judges the access graph only",
  ),
  closedTo(
    ["lib/report/**/*.ts"],
    [
      "**/stacks/*",
      "**/cli/*",
      "../vault",
      "../auth",
      "../postgres",
      "../service",
      "../../vault",
      "../../auth",
      "../../postgres",
      "../../service",
    ],
    "lib/report tells what the access graph says, whoever wrote the configuration",
  ),
  { files: ["lib/core/terraform.ts"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["**/*.js"],
    languageOptions: {
      globals: { module: "writable", require: "readonly", process: "readonly", __dirname: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
