import { AND, CLOSE, DIGIT_AND_LETTER, FIRST, KEYS, named, OPEN, SCHEME, SEPARATOR } from "./context.ts";
import { type Rule, shape } from "./rule.ts";

/** Names of fields in code, data and prose. */
export const IN_DATA: readonly Rule[] = [
  shape({
    // requests.get(url, auth=("user", "password")) and its kind.
    kind: "option",
    anchors: ["auth=(", "auth = (", "BasicAuth("],
    pattern: /(?:basic)?auth\s?=?\s?\(\s{0,8}["'][^"'\n\0]{0,64}["'],\s{0,8}["']([^"'\s\0]{3,256})/i,
    weak: true,
  }),
  named(
    // password: "…" in prose, JSON and code. The digit keeps ordinary words out.
    "assignment",
    ["password", "passwd", "passphrase", "passcode", "pwd"],
    `(?:password|passwd|passphrase|passcode|(?<![a-z])pwd)${CLOSE}${SEPARATOR}${OPEN}(${FIRST}(?=[^\\s"']{0,64}[0-9])(?:[A-Za-z0-9_+/=.~!@#$%^*?:-]|${AND}){6,4096})`,
  ),
  named(
    "assignment",
    ["secret", "token"],
    `(?<!:\\/\\/[\\w-]{0,32})(?:secret|(?<![A-Za-z]{2})token|(?<=[a-z])Token|(?<=[_-])token)(?:[-_]?(?:value|key))?${CLOSE}${SEPARATOR}${OPEN}${SCHEME}(${FIRST}${DIGIT_AND_LETTER}(?:[A-Za-z0-9_+/=.~!@#%^:-]|${AND}){8,4096})`,
  ),
  named(
    "assignment",
    ["key"],
    `(?<=(?:${KEYS})[-_ ]?)key${CLOSE}${SEPARATOR}${OPEN}(${FIRST}${DIGIT_AND_LETTER}(?:[A-Za-z0-9_+/=.~!@#%^:-]|${AND}){8,4096})`,
  ),
  named(
    // Both in double quotation marks: data, where a password may be a plain word.
    "field",
    ['password"', 'passwd"', 'passphrase"', 'secret"', 'token"', 'key"', 'credential"', '_auth"', '"auth"'],
    `(?:password|passwd|passphrase|secret|(?<=auth|access|refresh|session|id|bot|api|bearer|(?<!page|progress|bos|eos|pad|unk|sep|cls|mask|stop|special)[-_])token|(?<=(?:${KEYS})[-_]?)key|credential|_auth|"auth)"\\s{0,3}:\\s{0,3}"([^"\\\\\\s\\0]{4,4096})`,
  ),
  named(
    // An element of Maven's settings, SOAP and plists, where the value stands for itself.
    "field",
    ["password>", "passphrase>", "secret>", "token>", "key>"],
    `(?<=<[\\w.:-]{0,40})(?:password|passphrase|secret|(?<=[a-z][-_]?)token|(?<=(?:${KEYS})[-_]?)key)>\\s{0,8}([^<>\\s\\0]{3,4096})(?=\\s{0,8}<)`,
  ),
  named("field", ['"pwd"', '"token"'], `"(?:pwd|token)"\\s{0,3}:\\s{0,3}"([^"\\\\\\s\\0]{8,4096})`),
  named(
    "aws-secret-key",
    [
      "secret access key",
      "secret_access_key",
      "secretaccesskey",
      "secret-access-key",
      "aws_secret",
      "secret_key",
    ],
    `(?:secret[-_ ]?access[-_ ]?key|aws_secret(?:_key)?|secret_key)${CLOSE}(?:\\s{1,3}\\[[^\\]\\n\\0]{0,40}\\])?\\s{0,30}[:=|]?\\s{0,3}${OPEN}([A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=]))`,
  ),
  named(
    "aws-session-token",
    ["session_token", "sessiontoken", "session token"],
    `session[_ ]?token${CLOSE}\\s{0,3}[:=]\\s{0,3}${OPEN}([A-Za-z0-9/+=]{40,4096})`,
  ),
  named(
    "aws-account-id",
    ["account"],
    `account(?:_?id)?${CLOSE}\\s{0,3}[:=]\\s{0,3}${OPEN}([0-9]{12})(?![0-9])`,
  ),
  shape({
    // Keys without a form of their own, beside their vendor's name and a word for key.
    kind: "vendor-key",
    anchors: [
      "mistral",
      "cohere",
      "deepseek",
      "together",
      "heroku",
      "cloudflare",
      "datadog",
      "paypal",
      "twilio",
      "snowflake",
      "fastly",
      "algolia",
      "okta",
      "auth0",
      "mapbox",
      "plaid",
      "coinbase",
      "deepgram",
      "assemblyai",
      "pagerduty",
      "bitbucket",
      "jenkins",
      "circleci",
      "travis",
      "codecov",
      "wandb",
      "mailgun",
      "zendesk",
      "trello",
    ],
    pattern:
      /[A-Za-z0-9]{4,10}[^\n\0:=]{0,32}?(?:key|token|secret)[^\n\0A-Za-z0-9]{0,8}(?:(?:is|was)\s{1,2})?[^\n\0A-Za-z0-9]{0,4}((?=[A-Za-z0-9_-]{0,64}[0-9])(?=[A-Za-z0-9_-]{0,64}[A-Za-z])[A-Za-z0-9_-]{24,256})/i,
    weak: true,
  }),
];
