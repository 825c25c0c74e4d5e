/** Names of headers, fields and options whose values are secret whatever they look like. */

const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "dd-application-key",
  "ocp-apim-subscription-key",
  "x-auth-key",
  "x-functions-key",
  "x-honeycomb-team",
  "x-insert-key",
  "x-license-key",
  "x-master-key",
  "x-query-key",
  "x-rapidapi-key",
]);
const HEADER = /authorization|api[-_]?key|(?:^|-)cookie2?$|(?:[-_]|^)(?:token|secret|password)$/;

/** The last words of a name, after a boundary: `api_key`, `clientSecret`, `--db-password`. */
const NAME = new RegExp(
  "(?:^|[-_.:]|[a-z0-9](?=[A-Z]))(?:" + [
    "pass(?:word|wd|phrase|code)",
    "secret",
    "token",
    "(?:auth|access|refresh|session|id|bot|api|bearer)[-_]?token",
    "(?:api|access|secret|account|private|signing|encryption|master|license)[-_]?key",
    "private[-_]?key[-_]?(?:data|pem)",
    "client[-_]key[-_]data",
    "authorization",
    "oauth2?-bearer",
    "credentials?",
    "cookie",
    "connection[-_]?string",
  ].join("|") + ")$",
  "i",
);
/** Places in a list, and the marks of a tokenizer. */
const NOT_SECRET =
  /(?:page|progress|continuation|continue|sync|cursor|cancel|resume|next|prev|bos|eos|pad|unk|sep|cls|mask|stop|image|special)[-_]?(?:page)?[-_]?token$/i;
const VARIABLE = /^[A-Z0-9_]{0,64}_(?:KEY|PASS|PWD|PAT|AUTH|DSN)$/;
const NOT_VARIABLE = /(?:PUBLIC|PRIMARY|FOREIGN|CACHE|SORT|PARTITION|PUBLISHABLE)_KEY$/;

export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return (SECRET_HEADERS.has(lower) || HEADER.test(lower)) && !NOT_SECRET.test(lower);
}

/** Whether an object key or a long option names a secret. */
export function isSecretName(name: string): boolean {
  return name.length <= 64 && NAME.test(name) && !NOT_SECRET.test(name);
}

/** A shell variable that holds a secret: what ends in KEY, and all that `isSecretName` knows. */
export function isSecretVariable(name: string): boolean {
  return isSecretName(name) || VARIABLE.test(name) && !NOT_VARIABLE.test(name);
}
