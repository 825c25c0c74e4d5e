/**
 * What counts as a secret, as data. Token formats that @secretlint's preset already finds are kept here too where
 * it skips documented example values or needs context that argv and headers do not have.
 *
 * Every pattern is linear on hostile text: it starts at a literal or a look-behind and its quantifiers are bounded.
 */

export interface Rule {
  readonly kind: string;
  /** Global. The secret is group 1, which ends the match; without a group it is the whole match. */
  readonly pattern: RegExp;
}

const START = "(?<![A-Za-z0-9])";

/** A token known by its prefix: `body` is a character class, `least` the shortest real length after the prefix. */
function token(kind: string, prefix: string, body = "[A-Za-z0-9_-]", least = 20): Rule {
  return { kind, pattern: new RegExp(`${START}(?:${prefix})${body}{${least},512}`, "g") };
}

const NOT_A_VALUE = String.raw`(?!["'$<{[*(]|(?:bearer|basic|token|digest|negotiate)\b)`;
const QUOTE = String.raw`\\?["']?`;

export const RULES: readonly Rule[] = [
  token("api-key", "sk-", "[A-Za-z0-9_-]", 16),
  token("google-api-key", "AIza", "[A-Za-z0-9_-]", 30),
  token("google-oauth", "ya29\\.|GOCSPX-"),
  token("xai-api-key", "xai-"),
  token("groq-api-key", "gsk_"),
  token("huggingface-token", "hf_", "[A-Za-z0-9]", 20),
  token("aws-access-key-id", "AKIA|ASIA", "[A-Z0-9]", 16),
  token("perplexity-api-key", "pplx-"),
  token("replicate-token", "r8_"),
  token("github-token", "gh[pousr]_|github_pat_"),
  token("gitlab-token", "glpat-", "[A-Za-z0-9_-]", 16),
  token("slack-token", "xox[abeoprs]-|xapp-", "[A-Za-z0-9-]", 10),
  token("cerebras-api-key", "csk-"),
  token("tavily-api-key", "tvly-"),
  token("langsmith-api-key", "lsv2_"),
  token("notion-token", "ntn_|secret_", "[A-Za-z0-9]", 40),
  token("doppler-token", "dp\\.(?:pt|st|ct|sa)\\."),
  token("pypi-token", "pypi-", "[A-Za-z0-9_-]", 40),
  token("digitalocean-token", "do[opr]_v1_"),
  token("fireworks-api-key", "fw_", "[A-Za-z0-9]", 20),
  {
    kind: "jwt",
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{8,2048}/g,
  },
  {
    kind: "header",
    pattern: new RegExp(
      `(?:authorization|(?:x-|-|\\b)api-?key|x-[a-z0-9-]{1,40}(?:token|secret|key))${QUOTE}\\s{0,2}[:=]\\s{0,2}${QUOTE}` +
        `(?:(?:bearer|basic|token)\\s{1,2})?(${NOT_A_VALUE}[^\\s"'\`,;\\\\]{6,4096})`,
      "gi",
    ),
  },
  {
    kind: "bearer",
    pattern: new RegExp(`\\bbearer\\s{1,2}(${NOT_A_VALUE}(?=\\S{0,64}\\d)[A-Za-z0-9._~+/=-]{12,4096})`, "gi"),
  },
  { kind: "cookie", pattern: /\bcookie["']?\s{0,2}:\s{0,2}["']?((?=[^\s"'=]{1,64}=)[^\r\n"'\0]{4,4096})/gi },
  {
    kind: "url-query",
    pattern:
      /[?&;](?:key|api[-_]?key|token|access[-_]token|refresh[-_]token|id[-_]token|auth|sig|signature|x-amz-(?:signature|security-token|credential)|x-goog-signature|client[-_]secret|secret|password|passwd|pwd|code)=([^&#\s"'<>\\\0]{3,4096})/gi,
  },
  { kind: "url-password", pattern: /:\/\/[^\s:@/"'\0]{0,128}:([^\s@/"'\0]{1,256})(?=@)/g },
  {
    kind: "option",
    pattern: new RegExp(
      `(?<![A-Za-z0-9])--?(?:[a-z0-9]{1,20}[-_]){0,3}(?:password|passwd|passphrase|token|secret|api[-_]?key|secret[-_]key|access[-_]key)` +
        `(?:=|\\s{1,2})${QUOTE}((?![-$<{[(])[^\\s"'\\\\\\0]{3,4096})`,
      "gi",
    ),
  },
  {
    kind: "user-password",
    pattern: /(?<=\s(?:-u|--user|--proxy-user)(?:\s{1,2}|=)["']?[^\s:"']{1,64}:)((?!\d+\b)[^\s"'\0]{3,256})/g,
  },
  {
    // NAME_KEY=value as shells and .env files write it.
    kind: "variable",
    pattern:
      /(?:[_A-Z](?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS)|\b(?:SECRET|PASSWORD|TOKEN|APIKEY))=["']?((?![$"'<{[(])[^\s"'`;&|)\\\0]{4,4096})/g,
  },
  {
    // password: "…", "api_key": "…" in prose, JSON and code. The digit keeps ordinary words out.
    kind: "assignment",
    pattern: new RegExp(
      `(?:password|passwd|passphrase|secret|api[-_]?key|access[-_]?key|private[-_]?key|(?:auth|access|refresh|session|id|bot|api)[-_]?token)` +
        `${QUOTE}\\s{0,3}[:=]\\s{0,3}${QUOTE}(${NOT_A_VALUE}(?=[^\\s"']{0,64}\\d)[A-Za-z0-9_+/=.~!@#%^&-]{6,4096})`,
      "gi",
    ),
  },
];

const SECRET_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "cookie",
  "set-cookie",
  "x-amz-security-token",
]);

export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRET_HEADERS.has(lower) || /(?:[-_]|^)(?:token|secret)$|api[-_]?key/.test(lower);
}

/** Whether an object key or a long option names a secret: `api_key`, `clientSecret`, `--db-password`. */
export function isSecretName(name: string): boolean {
  return name.length <= 64 &&
    /(?:^|[-_.]|[a-z0-9](?=[A-Z]))(?:password|passwd|passphrase|secret|(?:auth|access|refresh|session|id|bot|api)[-_]?token|token|api[-_]?key|access[-_]?key|secret[-_]?key|private[-_]?key|authorization|credentials?)$/i
      .test(name);
}
