import tseslint from "typescript-eslint";

/** Constructs and what they render, none of which knows an environment. */
const CONSTRUCTS = ["vault", "auth", "postgres", "service", "people"];
/** From a declaration to what is published. */
const SYNTH = ["environment", "stacks", "rehearsal", "synth"];

/** The rooms of lib, and those that none of its imports may lead to. */
const ROOMS = [
  ["core", [...CONSTRUCTS, "migration", "observe", ...SYNTH]],
  ["vault", ["auth", "postgres", "service", "people", "migration", "observe", ...SYNTH]],
  ["auth", ["vault", "postgres", "service", "people", "migration", "observe", ...SYNTH]],
  ["postgres", ["vault", "auth", "service", "people", "migration", "observe", ...SYNTH]],
  ["service", ["vault", "people", "migration", "observe", ...SYNTH]],
  ["people", ["vault", "auth", "migration", "observe", ...SYNTH]],
  ["migration", SYNTH],
  ["observe", SYNTH],
  ["environment", ["migration", "observe", "stacks", "rehearsal", "synth"]],
  ["stacks", ["migration", "observe", "rehearsal", "synth"]],
  ["rehearsal", ["vault", "auth", "people", "migration", "observe", "stacks", "synth"]],
];

/** The rooms of the proof, from the ground up. */
const PROOF = ["core", "access", "rules", "report", "input", "output", "cli"];

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
  { ignores: ["**/dist/", "node_modules/", "cdktf.out*/", "coverage/", ".quickstart/"] },
  ...tseslint.configs.recommended,
  // An omitted key is how an object is copied without it.
  { rules: { "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }] } },
  {
    files: ["lib/**/*.ts", "proof/**/*.ts", "stacks/**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 260, skipBlankLines: true, skipComments: true }],
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "only cli/ reads the environment" },
      ],
    },
  },
  { files: ["proof/cli/**/*.ts"], rules: { "no-restricted-properties": "off" } },
  closedTo(["main.ts", "cli/**/*.ts"], [], ""),
  closedTo(
    ["stacks/**/*.ts"],
    ["**/cli/*", "**/main"],
    "environments are values: they know neither the CLI nor main",
  ),
  ...ROOMS.map(([room, above]) =>
    closedTo(
      [`lib/${room}/**/*.ts`],
      [
        "**/cli/*",
        ...above.flatMap((each) => [`../${each}`, `../${each}/*`, `../../${each}`, `../../${each}/*`]),
      ],
      `lib/${room} stands below ${above.join(", ") || "cli"}`,
    ),
  ),
  closedTo(
    ["proof/**/*.ts"],
    ["leasehold", "constructs", "**/lib/*", "**/stacks/*"],
    "the proof reads what was rendered, by whomever, and knows nobody who rendered it",
  ),
  ...PROOF.map((room, index) =>
    closedTo(
      [`proof/${room}/**/*.ts`],
      PROOF.slice(index + 1).flatMap((above) => [
        `../${above}`,
        `../${above}/*`,
        `../../${above}`,
        `../../${above}/*`,
      ]),
      `proof/${room} stands below ${PROOF.slice(index + 1).join(", ")}`,
    ),
  ),
  closedTo(
    ["proof/report/page/**/*.ts"],
    [
      "node:*",
      "fs",
      "path",
      "../html",
      "../html/*",
      "../words",
      "../../access",
      "../../input",
      "../../output",
    ],
    "proof/report/page runs in a browser as well: text, core and the modules beside are there, and nothing of Node",
  ),
  // What takes long to load is loaded when it is needed.
  {
    files: [
      ...["check", "leasehold", "program", "source"].map((each) => `cli/${each}.ts`),
      ...["failure", "program", "source"].map((each) => `proof/cli/${each}.ts`),
      "proof/access/hcl.ts",
      "proof/rules/closed/kubernetes/schema.ts",
      "proof/rules/closed/understood.ts",
    ],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["lib/core/terraform.ts"],
    rules: { "no-restricted-imports": "off", "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["**/*.js"],
    languageOptions: {
      globals: { module: "writable", require: "readonly", process: "readonly", __dirname: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
