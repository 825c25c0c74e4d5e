/** Tests that load real programs, and need nothing that a machine without a network has not. */
export const kernelTests: readonly string[] = [
  "tests/process_events_test.ts",
  "tests/tls_capture_test.ts",
  "tests/plain_capture_test.ts",
  "tests/hold_test.ts",
  "tests/loss_test.ts",
  "tests/short_lives_test.ts",
  "tests/discovery_test.ts",
];
