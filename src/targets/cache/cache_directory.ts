/** Where verdicts about large files are kept between runs: root's own, so that nobody else can plant one. */
export function cacheDirectory(): string {
  return Deno.env.get("AGENTSIGHT_CACHE") ?? "/var/cache/agentsight";
}
