import { createRequire } from "node:module";

/** Packages are found from the directory that they were installed in, not from here. */
export const installed = createRequire(process.argv[4]);
