#!/bin/sh
# Installs what is missing on a Debian machine to build or test AgentSight, and nothing twice.
#
#   scripts/setup.sh build    compiler, libbpf and Deno
#   scripts/setup.sh test     the same, a browser and TLS clients
#
# Needs root for Debian packages only. Leaves the Deno to use at dist/tools/bin/deno.
set -eu

deno_version=2.9.6
deno_oldest=2.9.5

level=${1:-test}
cd "$(dirname -- "$0")/.."
bin=$PWD/dist/tools/bin
PATH=$PATH:/usr/sbin:/sbin

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

case $level in
  build | test) ;;
  *) fail "Cannot set up '$level': the levels are build and test." ;;
esac
[ "$(uname -s)" = Linux ] || fail "Cannot set up on $(uname -s): AgentSight runs on Linux only."

# A browser, a client for every TLS library (tests/support/tls_stacks.ts), a file system that stalls.
needed_by_tests() {
  has chromium || missing="$missing chromium"
  has gcc || missing="$missing gcc libc6-dev"
  has go || missing="$missing golang-go"
  has wget || missing="$missing wget"
  has tstclnt || missing="$missing libnss3-tools"
  [ -e /usr/include/openssl/ssl.h ] || missing="$missing libssl-dev"
  has strace || missing="$missing strace"
  has pkg-config || missing="$missing pkg-config"
  [ -e /usr/include/fuse3/fuse.h ] || missing="$missing libfuse3-dev"
  ldconfig -p | grep -q 'libcurl-gnutls\.so\.4 ' || missing="$missing libcurl3-gnutls"
  # Debian 12 is the last with libcurl on NSS.
  if grep -q '^VERSION_ID="12"' /etc/os-release; then
    ldconfig -p | grep -q 'libcurl-nss\.so\.4 ' || missing="$missing libcurl3-nss"
  fi
}

install_packages() {
  missing=
  has clang || missing="$missing clang"
  has llvm-strip || missing="$missing llvm"
  has bpftool || missing="$missing bpftool"
  has openssl || missing="$missing openssl"
  has curl || missing="$missing curl"
  has python3 || missing="$missing python3"
  [ -e /usr/include/bpf/bpf_helpers.h ] || missing="$missing libbpf-dev"
  ldconfig -p | grep -q 'libbpf\.so\.1 ' || missing="$missing libbpf1"
  [ "$level" != test ] || needed_by_tests
  [ -n "$missing" ] || return 0

  has apt-get || fail "Cannot install$missing: there is no apt-get. Install them with this system's package manager."
  [ "$(id -u)" = 0 ] ||
    fail "Cannot install$missing without root. Run: sudo apt-get install --no-install-recommends$missing"
  say "installing Debian packages:$missing"
  log=$(mktemp)
  # Names without spaces, one a word. shellcheck disable=SC2086
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } \
    </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "Cannot install$missing: see the lines above. Full log: $log. Check the network and /etc/apt/sources.list."
  fi
  rm -f "$log"
}

# Whether $1 is a Deno of at least $deno_oldest.
is_deno() {
  found=$("$1" --version 2>/dev/null | sed -n '1s/^deno \([0-9.]*\).*/\1/p')
  [ -n "$found" ] && [ "$(printf '%s\n' "$deno_oldest" "$found" | sort -V | head -n 1)" = "$deno_oldest" ]
}

install_deno() {
  [ ! -x "$bin/deno" ] || ! is_deno "$bin/deno" || return 0
  mkdir -p "$bin"
  if has deno && is_deno deno; then
    ln -sf "$(command -v deno)" "$bin/deno"
    return 0
  fi
  has npm || fail "Cannot install Deno: npm is missing. Run: apt-get install nodejs npm"
  case $(uname -m) in
    x86_64) target=linux-x64-glibc ;;
    aarch64) target=linux-arm64-glibc ;;
    *) fail "Cannot install Deno: there is none for $(uname -m), only for x86_64 and aarch64." ;;
  esac
  say "installing Deno $deno_version from npm"
  # The package `deno` copies this binary into place with a script that npm may refuse to run.
  npm install --prefix dist/tools --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error \
    "@deno/$target@$deno_version" >&2 || fail "Cannot install Deno: npm failed, see above. Check the network."
  ln -sf "../node_modules/@deno/$target/deno" "$bin/deno"
  chmod +x "$bin/deno"
  is_deno "$bin/deno" || fail "Cannot use $bin/deno: it does not start. Try it: $bin/deno --version"
}

install_modules() {
  "$bin/deno" install --quiet >&2 || fail "Cannot install the npm packages of deno.json: see above. Check the network."
}

has node || fail "Cannot set up: Node.js is missing. Run: apt-get install nodejs npm"
install_packages
install_deno
install_modules
