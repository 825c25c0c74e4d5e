/** "Cannot <action> <file>: <state>. <next step>" for the person at the terminal. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** A sentence's cause: the message of whatever was thrown. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
