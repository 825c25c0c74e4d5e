import { type Rule, shape } from "./rule.ts";

/** Base64 of the first three digits of a user id: what every bot token begins with. */
const DISCORD = [..."MNO"].flatMap((a) =>
  [..."DTjz"].flatMap((b) => [..."AEIMQUYcgk"].map((c) => a + b + c))
);
const HEX = [..."0123456789abcdef"];

/** Formats that need more than a prefix to be told. */
export const SHAPES: readonly Rule[] = [
  shape({
    kind: "jwt",
    anchors: ["eyJ"],
    pattern:
      /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}\.(?:eyJ[A-Za-z0-9_-]{8,8192}|[A-Za-z0-9_-]{0,1024}\.[A-Za-z0-9_-]{8,64}\.[A-Za-z0-9_-]{8,8192})\.[A-Za-z0-9_-]{8,2048}/,
  }),
  shape({
    // AWS secret keys have no prefix: 40 characters of all sorts soon after an id.
    kind: "aws-secret-key",
    anchors: ["AKIA", "ASIA"],
    pattern:
      /A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9/+=])[^]{0,99}?[^A-Za-z0-9/+=]((?=[A-Za-z0-9/+]{0,39}[a-z])(?=[A-Za-z0-9/+]{0,39}[A-Z])(?=[A-Za-z0-9/+]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=]))/,
  }),
  shape({
    kind: "azure-client-secret",
    anchors: HEX.slice(0, 10).map((digit) => `${digit}Q~`),
    back: 3,
    pattern: /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,64}/,
  }),
  shape({
    kind: "azure-key",
    anchors: ["AccountKey=", "SharedAccessKey=", 'AccountKey"', 'SharedAccessKey"'],
    pattern: /[a-z]{7,12}Key["']?\s{0,2}[=:]\s{0,2}["']?([A-Za-z0-9+/]{32,256}={0,2})/i,
  }),
  shape({
    kind: "telegram-token",
    anchors: [":AA"],
    pattern: /(?<=(?<![0-9])[0-9]{8,10}):(AA[A-Za-z0-9_-]{32,64})/,
  }),
  shape({
    kind: "discord-token",
    anchors: DISCORD,
    pattern: /(?<![A-Za-z0-9_-])[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}/,
  }),
  shape({
    kind: "webhook",
    anchors: ["hooks.slack.com/"],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9_+/-]{16,256})/i,
  }),
  shape({
    kind: "webhook",
    anchors: ["/api/webhooks/"],
    pattern: /\/api\/webhooks\/[0-9]{15,22}\/([A-Za-z0-9_-]{40,128})/i,
  }),
  shape({
    kind: "webhook",
    anchors: ["webhook.office.com/"],
    pattern: /webhook\.office\.com\/webhookb2\/([A-Za-z0-9@/_-]{40,512})/i,
  }),
  shape({
    kind: "twilio-key",
    anchors: HEX.map((digit) => `SK${digit}`),
    pattern: /(?<![A-Za-z0-9_-])SK[0-9a-f]{32}(?![A-Za-z0-9_-])/,
  }),
  shape({
    kind: "mailchimp-key",
    anchors: ["-us"],
    back: 32,
    pattern: /(?<![0-9a-zA-Z])[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])/,
  }),
  shape({
    kind: "airtable-token",
    anchors: ["pat"],
    pattern: /(?<![A-Za-z0-9])pat[A-Za-z0-9]{14}\.[0-9a-f]{60,64}/,
  }),
  shape({
    kind: "asana-token",
    anchors: ["0/1", "1/1", "2/1"],
    pattern: /(?<![A-Za-z0-9/.])[0-2]\/1[0-9]{12,16}(?:\/[0-9]{13,17})?:([0-9a-f]{32})/,
  }),
  shape({
    kind: "terraform-token",
    anchors: [".atlasv1."],
    back: 14,
    pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,128}/,
  }),
  shape({
    kind: "onepassword-key",
    anchors: ["A3-"],
    pattern: /(?<![A-Za-z0-9-])A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}/,
  }),
  shape({
    kind: "copilot-token",
    anchors: ["tid="],
    pattern: /(?<![A-Za-z0-9])tid=[0-9a-f-]{32,36};[^\s"'\\<>]{20,2048}/,
  }),
  shape({
    // A private key as kubeconfigs and CI variables hold it. Certificates and public keys begin likewise.
    kind: "private-key",
    anchors: ["LS0tLS1CRUdJTi"],
    pattern:
      /LS0tLS1CRUdJTi(?!BDRVJU|BQVUJM|BSU0EgUFVC|BTU0gy|BYNTA5|BQR1AgUFVC|BQR1AgTUVT|BQR1AgU0lH)[A-Za-z0-9+/=_-]{40,16384}/,
  }),
];
