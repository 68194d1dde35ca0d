#!/usr/bin/env bash
# Installs what is needed, builds Keraunos in several ways and runs its tests on each.
#
#   tests/run.sh            everything, as continuous integration does
#   tests/run.sh --quick    the optimised build only
#
# Ends with the closing lines of ctest on the optimised build, or with the stage that failed.
set -euo pipefail
cd "$(dirname "$0")/.."

jobs=$(nproc)
log=build/release/ctest.log
stage=

begin() {
  stage=$1
  printf '\n=== %s (after %d min %02d s)\n' "$stage" $((SECONDS / 60)) $((SECONDS % 60))
}
trap '(($? == 0)) || printf "\nfailed: %s\n" "$stage" >&2' EXIT

build() { # FOLDER OPTION...
  local folder=$1
  shift
  cmake -S . -B "$folder" -G Ninja -DKERAUNOS_TESTS=ON "$@"
  cmake --build "$folder" --parallel "$jobs"
}

run_tests() { # FOLDER
  ctest --test-dir "$1" --output-on-failure --parallel "$jobs" --timeout 300
}

begin "installing what is missing"
cmake/install_dependencies.sh --tests

begin "optimised build with g++; the CUDA backend for sm_90 where a toolkit is found"
build build/release -DCMAKE_BUILD_TYPE=Release -DKERAUNOS_BENCHMARKS=ON \
  -DKERAUNOS_CUDA_ARCHITECTURES=90-real
run_tests build/release | tee "$log"

if [[ ${1:-} != --quick ]]; then
  begin "clang, with AddressSanitizer and UndefinedBehaviorSanitizer"
  CXX=clang++ CC=clang build build/clang-asan --preset asan -DKERAUNOS_CUDA=OFF
  run_tests build/clang-asan

  begin "six networks of keras.applications against real Keras"
  keras=build/keras
  if python3 -m venv $keras && $keras/bin/pip install --quiet -r tests/golden/requirements.txt; then
    $keras/bin/python tests/golden/applications.py build/release/bin/keraunos
  else
    echo "note: Keras cannot be installed here, so no network was compared"
  fi

  begin "without oneDNN: own kernels only"
  build build/no-onednn -DCMAKE_BUILD_TYPE=Release -DKERAUNOS_ONEDNN=OFF -DKERAUNOS_CUDA=OFF
  run_tests build/no-onednn

  printf '\n=== all stages passed in %d min; the optimised build:\n' $((SECONDS / 60))
  sed -n '/tests passed, /,$p' "$log"
fi
