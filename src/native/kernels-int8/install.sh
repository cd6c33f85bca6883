#!/usr/bin/env bash
# Builds the exact 8-bit kernels of the ASIC emulator, where the build and the host look for them:
#   artifacts/native/kernels-int8/libsimeval_int8.so
# Does nothing when the library is up to date, and nothing, in success, where there is no gcc or the processor is no x86-64:
# the emulator then uses its managed kernel, which is as exact.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(cd "$here/../../.." && pwd)/artifacts/native/kernels-int8
[ "$(uname -m)" = x86_64 ] && command -v gcc >/dev/null || exit 0

stamp=$(cd "$here" && cat ./*.c ./*.h install.sh | sha256sum | cut -d' ' -f1)
if [ -f "$out/libsimeval_int8.so" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi
mkdir -p "$out"
work=$(mktemp -d "$out/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
if ! gcc -std=c11 -O3 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden \
  "$here"/*.c -o "$work/libsimeval_int8.so" >"$work/build.log" 2>&1; then
  head -n 20 "$work/build.log" >&2
  rm -f "$out/libsimeval_int8.so" "$out/stamp"
  echo "kernels-int8: the library could not be built; the managed kernel is used" >&2
  exit 0
fi
mv "$work/libsimeval_int8.so" "$out/libsimeval_int8.so.new"
mv "$out/libsimeval_int8.so.new" "$out/libsimeval_int8.so"
echo "$stamp" >"$out/stamp"
