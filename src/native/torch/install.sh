#!/usr/bin/env bash
# Builds SimEval's library over libtorch, where the build and the host look for it:
#   artifacts/native/torch/libsimeval_torch.so
# libtorch is the folder that SIMEVAL_LIBTORCH names (PyTorch's own, with share/cmake inside), else Debian's libtorch-dev.
# Does nothing when the library is up to date, and nothing, in success, where libtorch, cmake or g++ is absent: device classes
# "torch" and "cuda" then say what to install.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(cd "$here/../../.." && pwd)/artifacts/native/torch
libtorch=${SIMEVAL_LIBTORCH:-}
if [ -n "$libtorch" ]; then
  config=$libtorch/share/cmake/Torch/TorchConfig.cmake
  [ -f "$config" ] || { echo "torch: SIMEVAL_LIBTORCH names $libtorch, which holds no share/cmake/Torch" >&2; exit 1; }
else
  config=$(compgen -G '/usr/lib/*/cmake/Torch/TorchConfig.cmake' | head -n 1 || true)
  [ -n "$config" ] || exit 0
fi
command -v cmake >/dev/null && command -v g++ >/dev/null || exit 0

stamp=$(cd "$here" && cat ./*.cpp ./*.h CMakeLists.txt install.sh "${config%.cmake}Version.cmake" - <<<"$libtorch" | sha256sum | cut -d' ' -f1)
if [ -f "$out/libsimeval_torch.so" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi
echo "torch: building the library over libtorch (a minute or two)" >&2
mkdir -p "$out"
work=$(mktemp -d "$out/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
if ! { cmake -S "$here" -B "$work" ${libtorch:+-DCMAKE_PREFIX_PATH="$libtorch"} &&
  cmake --build "$work" --parallel "$(nproc)"; } </dev/null >"$work/build.log" 2>&1; then
  grep -m 20 -E 'rror|Error' "$work/build.log" >&2 || tail -n 20 "$work/build.log" >&2
  mv "$work/build.log" "$out/build.log"
  rm -f "$out/libsimeval_torch.so" "$out/stamp"
  # A libtorch that does not work is not SimEval's fault: everything but the torch devices is as good without it.
  echo "torch: the library could not be built ($out/build.log); device classes torch and cuda are absent" >&2
  exit 0
fi
mv "$work/libsimeval_torch.so" "$out/libsimeval_torch.so.new"
mv "$out/libsimeval_torch.so.new" "$out/libsimeval_torch.so"
echo "$stamp" >"$out/stamp"
