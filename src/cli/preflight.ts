/** What capturing needs of the machine, checked before anything is started. */
import { CliError, ExitCode } from "./exit_code.ts";

/** Throws with the cause and the fix. */
export function checkCanCapture(again: string): void {
  const cannot = (message: string) => {
    throw new CliError(message, { code: ExitCode.cannotCapture });
  };
  if (Deno.build.os !== "linux") cannot("Cannot capture: AgentSight needs Linux");
  if (Deno.uid() !== 0) cannot(`Cannot capture: not root. Run: sudo ${again}`);
  if (!exists("/sys/kernel/btf/vmlinux")) {
    cannot(
      "Cannot capture: this kernel has no type information (/sys/kernel/btf/vmlinux). Boot one built with CONFIG_DEBUG_INFO_BTF=y, as Debian 11 and Ubuntu 20.10 and later do",
    );
  }
}

export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
