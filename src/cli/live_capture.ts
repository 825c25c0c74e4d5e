/** Capture for a command: what stands in its way is said in a sentence, with the end of the kernel's log. */
import { type LiveCapture, startCapture } from "../capture/live.ts";
import type { CaptureOptions } from "../capture/messages.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { say } from "./print.ts";
import { cut } from "./terminal.ts";

const LOG_LINES = 8;

/** @throws {CliError} when nothing can be captured. */
export async function beginCapture(options: CaptureOptions): Promise<LiveCapture> {
  const log = (level: string, text: string) => {
    if (level === "notice") say(text);
    else if (Deno.env.get("AGENTSIGHT_DEBUG")) say(`${level}: ${text}`);
  };
  try {
    return await startCapture(options, log);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    for (const line of kernelLog(error)) say(line);
    throw new CliError(message, { code: ExitCode.cannotCapture, cause: error });
  }
}

/** The end of what libbpf and the kernel's verifier said: it names the reason. */
function kernelLog(error: unknown): string[] {
  const log = error instanceof Error && typeof error.cause === "string" ? error.cause : "";
  return log.split("\n").filter((line) => line !== "").slice(-LOG_LINES).map((line) => cut(line, 200));
}
