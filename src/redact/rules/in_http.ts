import { CLOSE, FIRST, named, OPEN, SCHEME } from "./context.ts";
import { type Rule, shape } from "./rule.ts";

/** Headers, cookies and URLs, wherever they are quoted. */
export const IN_HTTP: readonly Rule[] = [
  named(
    "header",
    ["authorization", "api-key", "api_key", "apikey"],
    `(?:authorization|api[-_]?key)${CLOSE}\\s{0,2}(?:[:=]|,(?=\\s{0,2}["'\`]))\\s{0,2}${OPEN}${SCHEME}(${FIRST}[^\\s"'\`,;\\\\\\0]{6,4096})`,
  ),
  named(
    "header",
    ["-token", "-secret", "-key"],
    `(?<=(?<![/\\w-])x-[a-z0-9-]{1,40})-(?:token|secret|key)${CLOSE}\\s{0,2}[:=]\\s{0,2}${OPEN}(${FIRST}[^\\s"'\`,;\\\\\\0]{6,4096})`,
  ),
  named("bearer", ["bearer"], `\\bbearer\\s{1,2}(${FIRST}(?=\\S{0,64}[0-9])[A-Za-z0-9._~+/=-]{12,4096})`),
  named(
    "basic-auth",
    ["basic"],
    `\\bbasic\\s{1,2}((?=\\S{0,64}[A-Z0-9])[A-Za-z0-9+/]{12,4096}={0,2})(?<=\\s[A-Za-z0-9+/]{12,4096}={1,2}|:\\s{0,2}basic\\s{1,2}[A-Za-z0-9+/]{12,4096})`,
  ),
  named(
    "websocket-protocol",
    ["bearer.authorization."],
    "bearer\\.authorization\\.k8s\\.io\\.([A-Za-z0-9_-]{20,4096})",
  ),
  named(
    "cookie",
    ["cookie"],
    "cookie[\"']?(?:\\s{0,2}[:=]\\s{0,2}|(?<=--cookie)\\s)[\"']?((?=[^\\s\"'=]{1,64}=)[^\\r\\n\"'\\0]{4,4096})",
  ),
  shape({
    kind: "url-query",
    anchors: [
      "key=",
      "token=",
      "auth=",
      "sig=",
      "signature=",
      "credential=",
      "secret=",
      "password=",
      "passwd=",
      "pwd=",
      "code=",
      "ticket=",
      "assertion=",
      "session=",
    ],
    pattern:
      /(?<=[?&;#](?:[A-Za-z][A-Za-z0-9]{0,19}[-_]){0,3}(?:api|access|auth|sub|app|client|refresh|id|session|csrf)?)(?:key|token|auth|sig|signature|credential|secret|password|passwd|pwd|ticket|assertion|session|code(?=[^&#\s"'<>]{0,64}[0-9])(?==[^&#\s"'<>]{12}))=([^&;#\s"'<>\\\0]{3,4096})/i,
  }),
  shape({
    // user:password@ of any URL, and a token alone in the place of both.
    kind: "url-password",
    anchors: ["://"],
    pattern:
      /:\/\/(?:[^\s:@/"'<>\0]{0,128}:)?(?=[^\s/"'<>\0]{0,256}@)((?<=:\/\/[^\s:@/"'<>\0]{0,128}:)[^\s/"'<>\0]{1,256}(?=@)|(?<=:\/\/)(?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{20,256}(?=@))/,
  }),
];
