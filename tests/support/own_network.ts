/** A network of its own, with nothing in it but the machine itself. */

const script = `set -e
  ip link set lo up
  if test -n "$1"; then mount --bind "$1" /etc/resolv.conf; fi
  shift; exec "$@"`;

/** The command in a network, and where `resolv` is given, with that file as /etc/resolv.conf. */
export function inOwnNetwork(
  command: readonly string[],
  { resolv = "" }: { readonly resolv?: string } = {},
): string[] {
  return ["unshare", "--net", "--mount", "sh", "-c", script, "sh", resolv, ...command];
}
