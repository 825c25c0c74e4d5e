/** Tests that load real programs, and need nothing that a machine without a network has not. */
export const essentialTests: readonly string[] = [
  "tests/process_events_test.ts",
  "tests/tls_capture_test.ts",
  "tests/environment_test.ts",
];

/** Of those, what is left out where all is emulated: each takes tens of minutes there. */
export const furtherTests: readonly string[] = [
  "tests/plain_capture_test.ts",
  "tests/features_test.ts",
  "tests/hold_test.ts",
  "tests/loss_test.ts",
  "tests/short_lives_test.ts",
  "tests/discovery_test.ts",
];
