#!/bin/sh
# Builds the programs beside it, each with the offsets of its functions, from Debian 12's clang, lld and gcc:
# what compilers make of error reports, small enough to keep. They are never run.
set -e
cd "$(dirname "$0")"
small="-nostdlib -ffreestanding -fno-builtin -fuse-ld=lld -Wl,--build-id=none,-z,norelro,--no-rosegment,-N"
build() { # NAME COMPILER...
	name=$1
	shift
	"$@" $small -o "$name.elf"
	nm "$name.elf" | awk '$2 == "T" { print $3, $1 }' | sort >"$name.symbols"
	llvm-strip --strip-all "$name.elf"
}
# The real error functions are in other files, where gcc does not see which registers they leave alone.
gcc="gcc -fno-ipa-ra"
arm="clang --target=aarch64-linux-gnu"
build boringssl-x64 clang -O2 -static boringssl.c
build boringssl-x64-small clang -Os -static-pie -fPIE boringssl.c
build boringssl-x64-gcc $gcc -O2 -static -fno-pie -no-pie -fcf-protection=none boringssl.c
build boringssl-arm64 $arm -O2 -static boringssl.c
build boringssl-x64-two clang -O2 -static -DTWO_WRITERS boringssl.c
build aead-x64 clang -O2 -static-pie -fPIE aead.c
build aead-x64-small clang -Oz -static-pie -fPIE aead.c
build aead-x64-inlined $gcc -O2 -static-pie -fPIE -DINLINE_GATHER aead.c
build aead-arm64 $arm -O2 -static aead.c
build openssl11-x64 $gcc -O2 -static -DVERSION=11 openssl.c
build openssl30-x64 $gcc -O2 -static-pie -fPIE -DVERSION=30 openssl.c
frames="-fasynchronous-unwind-tables"
build openssl33-x64 clang -O2 -static $frames -Wl,--eh-frame-hdr -DVERSION=33 openssl.c
build openssl33-x64-frames $gcc -O2 -static-pie -fPIE $frames -DVERSION=33 openssl.c
build openssl33-arm64 $arm -O2 -static $frames -Wl,--eh-frame-hdr -DVERSION=33 openssl.c
