/** What capture uses of the kernel and can do without (features.ts says how). */
export const optionalFeatures = [
  "loops",
  "sleepable",
  "uprobe_multi",
  "iterator",
  "socket_iterator",
  "io_uring",
] as const;

export type OptionalFeature = typeof optionalFeatures[number];
export type Features = Readonly<Record<OptionalFeature, boolean>>;
