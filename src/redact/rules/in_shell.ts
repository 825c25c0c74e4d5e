import { DIGIT_AND_LETTER, KEYS, named } from "./context.ts";
import { type Rule, shape } from "./rule.ts";

/** Names of shell and .env variables, as their last word. */
const VARIABLES = [
  "KEY",
  "TOKEN",
  "SECRET",
  "PASSWORD",
  "PASSWD",
  "PASSPHRASE",
  "PASS",
  "PWD",
  "PAT",
  "DSN",
  "CREDENTIALS",
  "AUTH",
];

/** Options of commands, variables, and the files that keep logins. */
export const IN_SHELL: readonly Rule[] = [
  shape({
    kind: "option",
    anchors: ["password", "passwd", "passphrase", "pass=", "pass ", "token", "secret", "key", "credential"],
    pattern:
      /(?<=(?<![A-Za-z0-9-])--(?:[a-z0-9]{1,20}[-_]){0,3}(?:(?:api|secret|access|auth|private|account)[-_]?)?)(?:password|passwd|passphrase|pass|token|secret|(?<=[a-z][-_]?)key|credentials?)(?:=|\s{1,2})[\\"'`(]{0,3}((?![-$<{[(])[^\s"'\\\0]{3,4096})/i,
    weak: true,
  }),
  shape({
    kind: "user-password",
    anchors: ["-u", "--user", "--proxy-user"].flatMap((option) =>
      [" ", "=", "'", '"'].map((end) => option + end)
    ),
    pattern:
      /(?<=[\s"'])(?:-u|--user|--proxy-user)(?:\s{1,2}|=)?["']?[^\s:"'\0]{1,64}:((?![0-9]{1,10}(?![^\s"']))[^\s"'\0]{3,256})/,
    weak: true,
  }),
  shape({
    // mysql and its kind: the password stands right behind -p.
    kind: "option",
    anchors: ["mysql", "mariadb", "sshpass"],
    pattern:
      /(?:mysql(?:dump|admin)?|mariadb(?:-dump)?|sshpass)\s(?:[^\n\0;|&]{0,128}?\s)?-p\s?["']?((?=[^\s"'\0]{0,64}[^a-z\s"'\0])[^\s"'\0-][^\s"'\0]{3,256})/,
    weak: true,
  }),
  shape({
    // NAME_KEY=value as shells and .env files write it, and NAME_KEY: value, "NAME_KEY": "value" of YAML and JSON.
    kind: "variable",
    anchors: VARIABLES,
    pattern: new RegExp(
      `(?<![a-z])(?:(?<=_|API|AUTH|ACCESS|PG|SSH|DB|REDIS|MYSQL)(?:${
        VARIABLES.join("|")
      })|(?<![A-Z0-9_])(?:SECRET|PASSWORD|TOKEN|PASSPHRASE))(?:_?[0-9]{1,3})?` +
        `(?:=|\\\\?["']\\s{0,2}[:=]\\s{0,2}|:\\s{1,3}|\\s=\\s|["']?,?\\s{1,20}["']?value["']?:\\s{0,2})[\\\\"']{0,3}((?![$"'<{[(*])[^\\s"'\`;&|)\\\\\\0]{4,4096})`,
    ),
    weak: true,
  }),
  named(
    // The same in small letters, where a line or a command begins: code has such names amid a line.
    "variable",
    ["password=", "passwd=", "secret=", "token=", "key="],
    `(?<=(?:^|\\n|\\b(?:export|set|env)\\s)[A-Za-z0-9_.-]{0,60})(?:password|passwd|secret|token|(?<=(?:${KEYS})[-_.]?)key)=` +
      `["']?((?![$"'<{[(*])[^\\s"'\`;&|(),\\\\\\0]{4,4096})`,
  ),
  shape({
    // Dockerfile, fish, csh and `vercel env`: the value follows a blank.
    kind: "variable",
    anchors: ["KEY ", "TOKEN ", "SECRET ", "PASSWORD "],
    pattern: new RegExp(
      `(?<=[A-Z0-9]_)(?:KEY|TOKEN|SECRET|PASSWORD)\\s["']?(${DIGIT_AND_LETTER}[A-Za-z0-9_+/=.~!@#%^&-]{12,4096})`,
    ),
    weak: true,
  }),
  named(
    "npm-token",
    ["_authtoken", "_auth=", "_auth =", "_password"],
    `_(?:authtoken|auth|password)\\s{0,2}=\\s{0,2}["']?((?!\\$)[^\\s"'\\\\\\0]{6,4096})`,
  ),
  named("netrc", ["login"], `\\blogin\\s{1,4}[^\\s\\0]{1,128}\\s{1,8}password\\s{1,4}([^\\s"'\\0]{3,256})`),
  shape({
    kind: "pgpass",
    anchors: [":5432:", ":5433:", ":5434:", ":6432:", ":6543:", ":*:"],
    pattern: /:(?:[0-9]{4}|\*):[^:\s\0/]{1,63}:[^:\s\0/]{1,63}:([^\s"'\0:/]{4,256})/,
    weak: true,
  }),
];
