import { redactHeaderLine } from "./headers.ts";
import { type Naming, take } from "./naming.ts";
import { isSecretName, isSecretVariable } from "./rules/names.ts";

const HEADER_OPTION = /^(?:-H|--header|--proxy-header)$/;
const ATTACHED_HEADER = /^-H(?=\S)|^--(?:proxy-)?header=/;
const COOKIE_OPTION = /^(?:-b|--cookie)$/;
/** An option or variable that is set; `--from-literal=password=…` sets one inside another. */
const ASSIGNMENT = /^-{0,2}([A-Za-z0-9_][\w.-]{0,63})=/;
/** `-sSu` is how people write it to curl. */
const USER_OPTION = /^(?:-[a-zA-Z]{0,8}u|--user|--proxy-user|--auth)$/;
const ATTACHED_USER = /^-u(?=[^:\s]{1,64}:.)/;
/** Short options that mean a password only to these programs. */
const SHORT_OPTIONS: readonly {
  readonly option: string;
  readonly program: RegExp;
  readonly after?: string;
  /** A blank after it ends the option. */
  readonly attached?: true;
}[] = [
  { option: "-p", program: /^(?:mysql|mariadb)(?:dump|admin|-dump|-admin)?$/, attached: true },
  { option: "-p", program: /^sshpass$/ },
  { option: "-p", program: /^(?:docker|podman|nerdctl|buildah|skopeo|helm|az|oc)$/, after: "login" },
  { option: "-a", program: /^(?:redis-cli|valkey-cli|https?)$/ },
  { option: "-w", program: /^ldap[a-z]{3,10}$/ },
  { option: "-p", program: /^(?:7z[ar]?|7zz|rar|unrar)$/, attached: true },
  { option: "-P", program: /^(?:zip|unzip|zipcloak|sqlcmd|bcp)$/ },
  { option: "-k", program: /^openssl$/, after: "enc" },
];

/** The words of a command line without the secrets that options and variables name. */
export function redactArgv(argv: readonly string[], naming: Naming): readonly string[] {
  let copy: string[] | null = null;
  const before = new WordsBefore(argv);
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    const next = redactWord(word, { argv, at: i, before, naming });
    if (next !== word) (copy ??= argv.slice())[i] = next;
  }
  return copy ?? argv;
}

interface Place {
  readonly argv: readonly string[];
  readonly at: number;
  readonly before: WordsBefore;
  readonly naming: Naming;
}

/** A list of a million words is looked through once for each question, not once for each word. */
class WordsBefore {
  readonly #argv: readonly string[];
  /** How far was looked for each of them, and whether it was found. */
  readonly #looked = new Map<RegExp | string, { next: number; found: boolean }>();

  constructor(argv: readonly string[]) {
    this.#argv = argv;
  }

  /** `at` never gets smaller from call to call. */
  has(wanted: RegExp | string, at: number): boolean {
    let looked = this.#looked.get(wanted);
    if (looked === undefined) this.#looked.set(wanted, looked = { next: 0, found: false });
    while (!looked.found && looked.next < at) {
      const word = this.#argv[looked.next++] as string;
      looked.found = typeof wanted === "string"
        ? word === wanted
        : wanted.test(word.slice(word.lastIndexOf("/") + 1));
    }
    return looked.found;
  }
}

function redactWord(word: string, place: Place): string {
  const { argv, at, naming } = place;
  const before = argv[at - 1] ?? "";
  if (HEADER_OPTION.test(before)) return redactHeaderLine(word, naming);
  if (COOKIE_OPTION.test(before) && word.includes("=")) {
    return redactHeaderLine(`cookie:${word}`, naming).slice(7);
  }
  if (USER_OPTION.test(before)) return redactUser(word, naming);
  if (!word.startsWith("-") && namesNext(before, argv[at - 2])) return take(word, "option", naming);
  const attached = ATTACHED_HEADER.exec(word)?.[0];
  if (attached !== undefined) return attached + redactHeaderLine(word.slice(attached.length), naming);
  const user = ATTACHED_USER.exec(word)?.[0];
  if (user !== undefined) return user + redactUser(word.slice(user.length), naming);
  // openssl's way to say where a password comes from.
  if (word.startsWith("pass:")) return "pass:" + take(word.slice(5), "option", naming);
  return redactShort(word, place) ?? redactAssigned(word, naming);
}

/** `--password X`, and `aws configure set aws_secret_access_key X`. */
function namesNext(before: string, twoBefore = ""): boolean {
  if (/^--?[A-Za-z]/.test(before)) return isSecretName(before.replace(/^-+/, ""));
  return twoBefore === "set" && isSecretName(before.replace(/^.*:/, ""));
}

function redactShort(word: string, { argv, at, before, naming }: Place): string | null {
  for (const { option, program, after, attached } of SHORT_OPTIONS) {
    const follows = argv[at - 1] === option && attached !== true;
    if (!follows && (!word.startsWith(option) || word.length === option.length)) continue;
    // `sudo`, `env` and `timeout` name the program after themselves.
    if (!before.has(program, at)) continue;
    if (after !== undefined && !before.has(after, at)) continue;
    if (follows) return redactUserOrPassword(word, naming);
    return option + take(word.slice(option.length), "option", naming);
  }
  return null;
}

function redactAssigned(word: string, naming: Naming): string {
  for (let at = 0;;) {
    const rest = word.slice(at);
    const [assigned, name] = ASSIGNMENT.exec(rest) ?? [];
    if (assigned === undefined || name === undefined) return word;
    at += assigned.length;
    if (isSecretVariable(name)) return word.slice(0, at) + take(word.slice(at), "option", naming);
    if (!rest.startsWith("-")) return word;
  }
}

function redactUserOrPassword(word: string, naming: Naming): string {
  return word.includes(":") ? redactUser(word, naming) : take(word, "option", naming);
}

/** `user:password` */
function redactUser(word: string, naming: Naming): string {
  const colon = word.indexOf(":");
  // docker -u 1000:1000 names ids, not a password.
  if (colon < 0 || /^\d*:\d*$/.test(word)) return word;
  return word.slice(0, colon + 1) + take(word.slice(colon + 1), "password", naming);
}
