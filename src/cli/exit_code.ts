/** AgentSight's own exit codes; `-- CMD` passes on CMD's, and 128+n for signal n. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  cannotCapture: 3,
  store: 4,
  evidenceLost: 5,
  notFound: 127,
  interrupted: 130,
} as const;

/** An error whose message is the whole story for the user. */
export class CliError extends Error {
  readonly code: number;

  constructor(message: string, options: { readonly code: number; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}
