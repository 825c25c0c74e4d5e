/** Leaks as they happen: text of models, escapes and encodings, and where else text of others stands. */
import type { Draft } from "../event.ts";
import { call, exchange, opened, tool } from "./testdata/drafts.ts";
import { fill } from "./testdata/examples.ts";
import {
  ANTHROPIC,
  AWS,
  AWS_ID,
  failed,
  GITHUB,
  HEX,
  nested,
  OPAQUE,
  OPENAI,
  PASSWORD,
  percent,
  testLeaks,
  unicode,
} from "./testdata/leaks.ts";

testLeaks([
  [
    "presigned S3 URL",
    call(
      `here: https://b.s3.amazonaws.com/o?X-Amz-Credential=${AWS_ID}%2F2025&X-Amz-Signature=${HEX}${HEX} done`,
    ),
    HEX,
    "done",
  ],
  [
    "presigned GCS URL",
    call(`https://storage.googleapis.com/b/o?X-Goog-Signature=${HEX}${HEX} done`),
    HEX,
    "done",
  ],
  [
    "Azure SAS",
    call(`https://a.blob.core.windows.net/c/b?sv=2022-11-02&sp=r&sig=${OPAQUE}%3D done`),
    OPAQUE,
    "sv=2022-11-02",
  ],
  ["prose", call(`The password is ${PASSWORD}, change it.`), PASSWORD, "change it."],
  ["markdown", call(`Use \`${ANTHROPIC}\` as the key.`), ANTHROPIC, "as the key."],
  [
    "webhook",
    call(`POST to https://hooks.slack.com/services/T01234567/B01234567/${fill("alnum", 24)} now`),
    fill("alnum", 24),
    "hooks.slack.com",
  ],
  // Escapes and encodings.
  ["escaped quotation marks", tool(nested({ password: PASSWORD }, 2)), PASSWORD, "body"],
  ["three levels of JSON", tool(nested({ apiKey: OPAQUE }, 3)), OPAQUE, "body"],
  ["newline escape before a key", tool(`{"text":"the key is\\n${OPENAI}"}`), OPENAI, "the key is"],
  ["unicode escapes", tool(`{"key":"${unicode(OPENAI)}"}`), unicode(OPENAI).slice(0, 60), '\\"key\\"'],
  ["percent escapes", tool(`curl "https://h/?next=%2Fx%3Ftoken%3D${OPAQUE}%26a%3D1"`), OPAQUE, "https://h/"],
  ["a key percent-encoded", tool(`https://h/${percent(ANTHROPIC)}/x`), percent(ANTHROPIC).slice(0, 40), "/x"],
  [
    "slash escapes",
    tool(`{"SecretAccessKey":"${AWS.replaceAll("/", "\\/")}"}`),
    "wJalrXUtnFEMI",
    "SecretAccessKey",
  ],
  // Where else text of others stands.
  ["query of an exchange", exchange({}, `https://h/v1?alt=sse&key=${OPAQUE}`), OPAQUE, "alt=sse"],
  [
    "path of an exchange",
    exchange({}, `https://api.telegram.org/bot123456789:AA${fill("word", 33)}/sendMessage`),
    fill("word", 33),
    "/sendMessage",
  ],
  ["login of an exchange", exchange({}, `https://bob:${PASSWORD}@h/v1`), PASSWORD, "@h/v1"],
  ["redirect", exchange({ location: `https://h/cb?code=${OPAQUE}&state=1` }), OPAQUE, "state=1"],
  ["azure header", exchange({ "ocp-apim-subscription-key": PASSWORD }), PASSWORD, "ocp-apim"],
  ["object key", tool({ [GITHUB]: 1 }), GITHUB, "[redacted:"],
  ["path of a file", opened(`/tmp/${GITHUB}/x`), GITHUB, "/tmp/"],
  [
    "bytes of a path",
    { ...opened(`/tmp/${GITHUB}\uFFFD`), path_b64: btoa(GITHUB) } as Draft,
    btoa(GITHUB),
    "/tmp/",
  ],
  ["error text", failed(`Incorrect API key provided: ${OPENAI}. See`), OPENAI, "See"],
  [
    "error text of a shape unknown",
    failed(`invalid header Authorization: Bearer ${OPAQUE}`),
    OPAQUE,
    "invalid header",
  ],
]);
