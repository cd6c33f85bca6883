#!/usr/bin/env bash
# ./build.sh [TARGET] [ARGUMENTS]    TARGET: setup, build (default), test, bench, run, pack
# Brings what the target needs (system packages, local tools, npm packages), then hands over to build.cake.
# Quiet where everything is there already. `--prepare` brings what a build of the command line needs, and stops.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 NUGET_XMLDOC_MODE=skip

say() { echo "build: $*" >&2; }
fail() { say "$*"; exit 1; }

target=$(tr '[:upper:]' '[:lower:]' <<<"${1:-build}")
[ $# -eq 0 ] || shift
case $target in
--prepare | setup | build | test | bench | run | pack) ;;
*) fail "unknown target '$target': one of setup, build, test, bench, run, pack" ;;
esac

# at_least TOOL LEAST VERSION: whether VERSION's major number is large enough.
at_least() { [ "${3%%.*}" -ge "$2" ] 2>/dev/null || fail "$1 $2 or newer is needed, found '${3:-none}'"; }

check_tools() {
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is needed (https://dotnet.microsoft.com/download)"
  command -v npm >/dev/null || fail "Node.js 20 with npm is needed (https://nodejs.org)"
  at_least "the .NET SDK" 10 "$(dotnet --version)"
  at_least "Node.js" 20 "$(node --version | tr -d v)"
}

# The Debian package of each missing thing that the target needs, one a line.
missing_packages() {
  compgen -G '/usr/lib/*/libsqlite3.so.0' >/dev/null || compgen -G '/usr/lib*/libsqlite3.so.0' >/dev/null ||
    echo libsqlite3-0
  case $target in
  test)
    [ -d /usr/share/libonnx-testdata/data ] || echo libonnx-testdata
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || echo chromium ;;
  bench) command -v sumo >/dev/null || echo sumo ;;
  esac
  case $target in
  test | bench)
    compgen -G '/usr/lib/*/libOpenCL.so.1' >/dev/null || echo ocl-icd-libopencl1
    compgen -G '/etc/OpenCL/vendors/*.icd' >/dev/null || echo pocl-opencl-icd
    command -v python3 >/dev/null || echo python3
    [ -n "${SIMEVAL_LIBTORCH:-}" ] || compgen -G '/usr/lib/*/cmake/Torch/TorchConfig.cmake' >/dev/null || echo libtorch-dev
    compgen -G '/usr/lib/*/openblas-pthread/libblas.so.3' >/dev/null || echo libopenblas0-pthread
    command -v cmake >/dev/null || echo cmake
    command -v g++ >/dev/null || echo g++
    command -v gcc >/dev/null || echo gcc
    [ -e /usr/include/stdint.h ] || echo libc6-dev
    ;;
  esac
}

install_packages() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    say "missing: ${packages}(install them as root; what needs them is skipped or fails with its name)"
    return 0
  fi
  say "installing ${packages}with apt-get"
  local log
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  local wait=(-o DPkg::Lock::Timeout=120 -qq)
  # shellcheck disable=SC2086
  if ! { apt-get "${wait[@]}" install -y --no-install-recommends $packages ||
    { apt-get "${wait[@]}" update && apt-get "${wait[@]}" install -y --no-install-recommends $packages; }; } \
    </dev/null >"$log" 2>&1; then
    tail -3 "$log" >&2
    say "could not install ${packages}: what needs them is skipped or fails with its name"
  fi
  rm -f "$log"
}

# Each native library has a script that puts it under artifacts/native and does nothing when it is there.
install_native() {
  local script
  for script in src/native/*/install.sh; do
    [ -x "$script" ] || continue
    "$script" </dev/null >&2 || fail "$script failed"
  done
}

restore_tools() {
  local stamp=artifacts/tools.stamp
  [ "$stamp" -nt .config/dotnet-tools.json ] && dotnet tool run dotnet-cake --version >/dev/null 2>&1 && return 0
  say "dotnet tool restore"
  dotnet tool restore -v q </dev/null >/dev/null || fail "dotnet tool restore failed"
  mkdir -p artifacts && touch "$stamp"
}

# Sums the counters of all result files into the one closing line; fails when a test failed or none ran.
close_tests() {
  local file counters passed=0 failed=0 skipped=0 ended=$1
  for file in artifacts/tests/*.trx; do
    [ -f "$file" ] || continue
    counters=$(grep -m1 -o '<Counters [^>]*' "$file") || continue
    count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
    passed=$((passed + $(count passed)))
    failed=$((failed + $(count failed) + $(count error) + $(count timeout) + $(count aborted)))
    skipped=$((skipped + $(count total) - $(count executed)))
  done
  # A test host that died leaves no failed test, but it is one.
  if [ "$ended" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  # What each device passes of ONNX's backend tests.
  cat artifacts/tests/conformance-*.txt 2>/dev/null || true
  local skips=""
  [ "$skipped" -eq 0 ] || skips=", $skipped skipped"
  echo "$passed passed, $failed failed$skips"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# One preparation at a time: two shells may start at once on a fresh clone.
prepare() {
  mkdir -p artifacts
  exec 8>artifacts/prepare.lock
  flock 8
  check_tools
  install_packages
  install_native
  [ "$target" = --prepare ] || restore_tools
  exec 8>&-
}

prepare
[ "$target" = --prepare ] && exit 0

cake() {
  local passed=()
  [ $# -eq 0 ] || passed=("--arguments=$*")
  dotnet tool run dotnet-cake build.cake --verbosity=minimal --target="$target" "${passed[@]}" </dev/null
}

if [ "$target" = test ]; then
  rm -rf artifacts/tests
  ended=0
  cake "$@" || ended=$?
  close_tests "$ended"
else
  cake "$@"
fi
