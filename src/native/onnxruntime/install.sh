#!/usr/bin/env bash
# Puts ONNX Runtime's shared library where the build and the host look for it:
#   artifacts/native/onnxruntime/libonnxruntime.so.1
# It comes from the npm package onnxruntime-node (pinned by package-lock.json), of which nothing else is kept.
# Does nothing when the pinned version is there already.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(cd "$here/../../.." && pwd)/artifacts/native/onnxruntime
stamp=$(sha256sum "$here/package-lock.json" | cut -d' ' -f1)
if [ -f "$out/libonnxruntime.so.1" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi
case "$(uname -m)" in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *) echo "onnxruntime: no library for $(uname -m) in onnxruntime-node" >&2; exit 1 ;;
esac
mkdir -p "$out"
work=$(mktemp -d "$out/install.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1) || {
  cat "$work/npm.log" >&2
  echo "onnxruntime: 'npm ci' failed; it needs Node 20 and the npm registry" >&2
  exit 1
}
found=$(find "$work/node_modules/onnxruntime-node/bin" -path "*/linux/$arch/libonnxruntime.so.1" | head -n 1)
if [ -z "$found" ]; then
  echo "onnxruntime: the package holds no libonnxruntime.so.1 for linux/$arch" >&2
  exit 1
fi
mv "$found" "$out/libonnxruntime.so.1.new"
mv "$out/libonnxruntime.so.1.new" "$out/libonnxruntime.so.1"
echo "$stamp" >"$out/stamp"
echo "onnxruntime: installed $(sed -n 's/.*"onnxruntime-node": "\(.*\)".*/\1/p' "$here/package.json") for linux/$arch"
