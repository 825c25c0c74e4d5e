/** The recording a command names, or the newest. */
import { latestRecording } from "../store/recording_path.ts";
import { Store } from "../store/store.ts";
import { StoreError } from "../store/store_error.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { invokingUser } from "./user.ts";

/** Throws with the cause and the next step. */
export function openRecording(db: string | undefined): Store {
  const path = db ?? latestRecording({ user: invokingUser().name });
  if (path === null) {
    throw new CliError("Cannot find a recording: there is none yet. Make one: sudo agentsight trace", {
      code: ExitCode.store,
    });
  }
  try {
    return Store.open(path);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new CliError(error.message, { code: ExitCode.store, cause: error });
  }
}
