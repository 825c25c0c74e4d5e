/** Made-up secrets of every format, built here so that no scanner takes the source for a leak. */
import { CONTEXTS } from "../rules/contexts.ts";
import type { Body, Token } from "../rules/rule.ts";
import { SHAPES } from "../rules/shapes.ts";
import { TOKENS } from "../rules/tokens.ts";

/** A text, and the part of it that must go. */
export interface Example {
  readonly kind: string;
  readonly text: string;
  readonly secret: string;
}

const ALPHABETS: Readonly<Record<Body, string>> = {
  word: "aB3dE5fG7_J9kL1mN-pQ4rS6tU8vW0xYz",
  mixed: "aB3dE5fG7_J9kL1mN-pQ4rS6tU8vW0xYz",
  dotted: "aB3dE5fG7_J9kL1m.N2pQ4rS6tU8vW0xYz",
  base64: "aB3dE5fG7h+9kL1mN2pQ4/S6tU8vW0xYz",
  alnum: "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYz",
  hex: "0123456789abcdef",
  upper: "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
};

/** `length` characters that look random and differ with `seed`. */
export function fill(body: Body, length: number, seed = 1): string {
  const alphabet = ALPHABETS[body];
  let state = seed * 2654435761 >>> 0, out = "";
  while (out.length < length) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    // The first three make sure of a digit and both cases.
    out += out.length < 3 ? alphabet[out.length] : alphabet[(state >>> 16) % alphabet.length];
  }
  return out;
}

export function tokenExamples([kind, prefixes, body, least]: Token, seed = 1): Example[] {
  return prefixes.map((prefix) => {
    const secret = prefix + fill(body, least + 4, seed);
    return { kind, text: `use ${secret} now`, secret };
  });
}

const A20 = fill("alnum", 20), A24 = fill("alnum", 24), A40 = fill("alnum", 40), H32 = fill("hex", 32);
const AWS = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzQ3mKp9A2b";
const AWS_ID = "AKIA" + fill("upper", 16);

/** kind, text with `§` where the secret stands, the secret. */
const ROWS: readonly (readonly [string, string, string])[] = [
  ["jwt", "x=§;", `eyJ${A20}.eyJ${A20}.${A40}`],
  ["jwt", "x=§;", `eyJ${A20}..${A20}.${A40}.${A20}`],
  ["aws-secret-key", `${AWS_ID},§\n`, AWS],
  ["aws-secret-key", `id ${AWS_ID} and the key § of it`, AWS],
  ["azure-client-secret", "value: '§'", `a~B8Q~${fill("alnum", 34)}`],
  ["azure-key", "AccountName=x;AccountKey=§;EndpointSuffix=core", `${fill("base64", 86)}==`],
  ["telegram-token", "https://api.telegram.org/bot123456789:§/getMe", `AA${fill("word", 33)}`],
  ["discord-token", "client.login('§')", `MTEy${fill("alnum", 20)}.G${fill("alnum", 5)}.${fill("word", 38)}`],
  ["webhook", "POST https://hooks.slack.com/services/§", `T0123ABCD/B0123ABCD/${A24}`],
  ["webhook", "https://discord.com/api/webhooks/123456789012345678/§", fill("word", 68)],
  ["webhook", "https://x.webhook.office.com/webhookb2/§", `${H32}@${H32}/IncomingWebhook/${H32}`],
  ["twilio-key", "sid §", `SK${H32}`],
  ["mailchimp-key", "k '§'", `${H32}-us21`],
  ["airtable-token", "use § now", `pat${fill("alnum", 14)}.${fill("hex", 64)}`],
  ["asana-token", "pat 1/1234567890123456:§", H32],
  ["terraform-token", 'token = "§"', `${fill("alnum", 14)}.atlasv1.${fill("word", 60)}`],
  ["onepassword-key", "key §", `A3-${fill("upper", 6)}-${fill("upper", 6)}-AAA22-BBB33-CCC44-DDD55`],
  ["copilot-token", "got §", `tid=${H32};exp=1760000000;sku=x;8kp=1:${fill("hex", 64)}`],
  ["private-key", "client-key-data: §", `LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt${A40}`],
  ["header", "Authorization: Bearer §", "hunter"],
  ["header", `headers["Authorization"] = "Token §"`, A20],
  ["header", `req.setRequestHeader('Authorization', 'Bearer §')`, "opaqueword"],
  ["header", "x-vault-token: §", "correct-horse"],
  ["bearer", "it sends Bearer § each time", A20],
  ["basic-auth", "AUTHORIZATION basic § x", "Ym9iOmh1bnRlcjIyMg=="],
  ["websocket-protocol", "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.§", A40],
  ["cookie", "Cookie: §", `sid=${A20}`],
  ["cookie", 'document.cookie = "§"', `sid=${A20}`],
  ["cookie", "curl --cookie '§' x", `sid=${A20}`],
  ["variable", "[client]\nuser=bob\npassword=§\n", "hunter"],
  ["variable", "export db_password=§; ls", "hunter"],
  ["variable", "PGPASSWORD=§ psql", "hunter"],
  ["option", "requests.get(u, auth=('bob', '§'))", "hunter"],
  ["option", 'HTTPBasicAuth("bob", "§")', "hunter"],
  ["url-query", "https://h/p?a=1&key=§&b=2", "hunter"],
  ["url-query", "https://b.s3.amazonaws.com/o?X-Amz-Date=1&X-Amz-Signature=§", fill("hex", 64)],
  ["url-query", "https://a.blob.core.windows.net/c?sv=2022&sig=§", "abc%2Bdef%3D"],
  ["url-query", "http://localhost:1455/auth/callback?code=§&state=1", A24],
  ["url-password", "postgres://bob:§@db.local:5432/x", "p:w#1"],
  ["url-password", "git clone https://§@host/r.git", A40],
  ["option", "tool --db-password § x", "hunter"],
  ["option", "mysql -u root -p§ db", "hunteR"],
  ["user-password", "curl -u bob:§ https://h", "hunter"],
  ["variable", "export OPENAI_API_KEY=§; ls", "hunter"],
  ["variable", `"DB_PASSWORD": "§"`, "hunter"],
  ["variable", "- name: DB_PASSWORD\n  value: §", "hunter"],
  ["variable", "set -x GITHUB_TOKEN §", A20],
  ["assignment", "the password is §.", "hunter22"],
  ["assignment", "password: §", "123456"],
  ["assignment", "const apiKey = '§';", "abcd1234"],
  ["assignment", "my api key: §", "abcd1234"],
  ["assignment", 'secret = "§"', "abcd1234"],
  ["field", `{"password":"§"}`, "hunter"],
  ["field", `{"auths":{"h":{"auth":"§"}}}`, "Ym9iOmh1bnRlcg=="],
  ["field", `{"token": "§"}`, "hunterhunter"],
  ["field", "<server><password>§</password></server>", "hunter"],
  ["aws-secret-key", "AWS Secret Access Key [None]: §", AWS],
  ["aws-secret-key", "secret_key     §     shared-credentials-file", AWS],
  ["aws-session-token", "aws_session_token = §", `${A40}+${A40}==`],
  ["aws-account-id", "aws_account_id = §", "123456789012"],
  ["npm-token", "//registry.npmjs.org/:_authToken=§", "0f8fad5b-d9cb-469f-a165-70867728950e"],
  ["netrc", "machine h login bob password §", "hunter"],
  ["pgpass", "db.local:5432:app:bob:§", "hunter"],
  ["vendor-key", "my Mistral key is § thanks", A24 + A20],
  ["vendor-key", "HEROKU api token (§)", "0f8fad5b-d9cb-469f-a165-70867728950e"],
];

export const EXAMPLES: readonly Example[] = [
  ...TOKENS.flatMap((token) => tokenExamples(token)),
  ...ROWS.map(([kind, text, secret]) => ({ kind, text: text.replace("§", () => secret), secret })),
];

/** Rules of which no example is known; there are none. */
export function rulesWithoutExample(): string[] {
  const kinds = new Set(EXAMPLES.map(({ kind }) => kind));
  return [...SHAPES, ...CONTEXTS].map(({ kind }) => kind).filter((kind) => !kinds.has(kind));
}
