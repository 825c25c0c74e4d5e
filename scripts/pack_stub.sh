#!/bin/sh
# AgentSight packed as one file: this script, then a gzip'd tar of the runtime and the program.
# The first start unpacks it into a cache directory named after its content; every start runs it from there.
hash=@HASH@
payload_line=@PAYLOAD_LINE@

fail() {
  printf 'agentsight: %s\n' "$1" >&2
  exit 3
}

# AgentSight runs as root: nobody but root and the caller may be able to change any $2... or what it is called.
# `above` the cache a sticky directory such as /tmp is safe enough, because entries in it keep their owner.
guard() {
  place=$1
  shift
  stat -c '%u %f %n' -- "$@" | while read -r owner mode path; do
    mode=$((0x$mode))
    [ "$owner" = "$uid" ] || { [ "$place" = above ] && [ "$owner" = 0 ]; } ||
      fail "Cannot start: $path belongs to user $owner, not $uid. Look at it, then remove it."
    [ $((mode & 0170000)) -ne $((0120000)) ] ||
      fail "Cannot start: $path is a symbolic link. Look at it, then remove it."
    [ $((mode & 022)) -eq 0 ] || { [ "$place" = above ] && [ $((mode & 01000)) -ne 0 ]; } ||
      fail "Cannot start: $path is writable by others. Run: chmod go-w '$path'"
  done || exit 3
}

guard_above() {
  path=$1
  set --
  while [ "$path" != / ]; do
    path=${path%/*}
    path=${path:-/}
    set -- "$path" "$@"
  done
  guard above "$@"
}

# Unpacked beside its final name and renamed: of two first starts one wins, and no start sees half of it.
unpack() (
  umask 022
  mkdir "$cache" 2>/dev/null || [ -d "$cache" ] || fail "Cannot create $cache: make its parent writable."
  guard own "$cache"
  # Left behind by starts that were killed.
  find "$cache" -maxdepth 1 -name '.new.*' -mmin +60 -exec rm -rf -- {} +
  new=$(mktemp -d "$cache/.new.XXXXXX") || fail "Cannot write in $cache: make it writable."
  trap 'rm -rf -- "$new"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  tail -n "+$payload_line" -- "$0" | tar -xzf - -C "$new" --no-same-owner --no-same-permissions ||
    fail "Cannot unpack into $cache: free about 100 MB there, or fetch $0 again if it is damaged."
  mkdir -m 700 "$new/deno_dir" && chmod 755 "$new" && sync "$new"/*
  mv -T -- "$new" "$home" 2>/dev/null || [ -d "$home" ] || fail "Cannot write $home: make $cache writable."
)

uid=$(id -u)
if [ "$uid" = 0 ]; then
  parent=/var/cache
else
  case ${XDG_CACHE_HOME-} in
    /*) parent=$XDG_CACHE_HOME ;;
    *) parent=${HOME:-/nonexistent}/.cache ;;
  esac
fi
[ -d "$parent" ] || (umask 077 && mkdir -p -- "$parent" 2>/dev/null) ||
  fail "Cannot create the cache directory $parent: set XDG_CACHE_HOME to a directory of yours."
parent=$(cd -P -- "$parent" && pwd -P) || fail "Cannot enter the cache directory $parent: check its permissions."
cache=$parent/agentsight
home=$cache/$hash
guard_above "$cache"
[ -d "$home" ] || unpack || exit
guard own "$cache" "$home" "$home"/*

[ -x "$home/deno" ] || fail "Cannot run $home/deno: $cache is on a file system mounted noexec, or it was changed."

# pack_env.js gives the program and the commands it starts the caller's own values back.
[ -z "${DENO_DIR+set}" ] || export AGENTSIGHT_CALLER_DENO_DIR="$DENO_DIR"
[ -z "${DENO_NO_UPDATE_CHECK+set}" ] || export AGENTSIGHT_CALLER_DENO_NO_UPDATE_CHECK="$DENO_NO_UPDATE_CHECK"
export DENO_DIR="$home/deno_dir" DENO_NO_UPDATE_CHECK=1
exec "$home/deno" run --quiet --allow-all --no-prompt --no-config --no-lock --no-remote --no-npm \
  --preload="$home/pack_env.js" "$home/main.js" "$@"
