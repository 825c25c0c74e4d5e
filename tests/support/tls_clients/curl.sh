#!/bin/sh
# usage: curl.sh URL CA DIR SIZE…   Downloads and uploads of each size, by a connection each, by one, and by eight.
set -e
url=$1 ca=$2 dir=$3
shift 3
get() { curl --silent --show-error --fail --http1.1 --cacert "$ca" --header Expect: "$@"; }
again=
for size; do
	head -c "$size" /dev/zero | tr '\0' 'c' > "$dir/$size"
	get --output /dev/null "$url/down/$size"
	get --output /dev/null --data-binary "@$dir/$size" "$url/up"
	again="$again --output /dev/null $url/down/$size"
done
# One connection for all of these.
get $again
get --parallel --parallel-immediate --parallel-max 8 --output "$dir/#1" "$url/down/65537?[1-8]"
