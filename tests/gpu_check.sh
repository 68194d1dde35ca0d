#!/usr/bin/env bash
# Checks everything of Keraunos that needs a GPU: one command, no internet, under eight minutes.
#
#   tests/gpu_check.sh             on the machine with the GPU
#   tests/gpu_check.sh --quick     without the memory checkers, the networks and the timings
#   tests/gpu_check.sh --built F   with the programs in F/bin and F/lib instead of building them
#   tests/gpu_check.sh --dry-run   every step on the device double of a build in build/release:
#                                  shows that the steps work, not what a GPU does
#   tests/gpu_check.sh --build     the build alone, which needs the CUDA toolkit but no GPU
#   tests/gpu_check.sh --prepare   beforehand, on a machine with internet or with the packages
#                                  installed: fills build/gpu_deps with the headers that the
#                                  other machine may lack and, where Keras is installed, with
#                                  networks to run. Take that folder along.
#
# The machine needs g++, CMake >= 3.25, Ninja, the CUDA toolkit >= 13, cuDNN >= 9.8 (Python's
# packages will do) and python3 with numpy. Ends with a table and "N passed, N failed"; writes
# gpu_check.json, device_properties.json and gpu_check.log to $OUT (build/gpu_check). Exits 0, 1
# where something failed, or 77 where there is no GPU.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

root=$PWD
deps=$root/build/gpu_deps
build=$root/build/gpu
work=$root/build/gpu_work
networks=$deps/networks
out=${OUT:-$root/build/gpu_check}

say() { printf '\n=== %s (after %d min %02d s)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# --- beforehand -----------------------------------------------------------------------------------

config() { # PACKAGE TARGET VERSION [DEFINITION]
  local folder=$deps/lib/cmake/$1
  mkdir -p "$folder"
  {
    echo "set(headers \${CMAKE_CURRENT_LIST_DIR}/../../../include)"
    echo "if(NOT TARGET $2)"
    echo "  add_library($2 INTERFACE IMPORTED)"
    echo "  target_include_directories($2 SYSTEM INTERFACE \${headers})"
    [[ -z ${4:-} ]] || echo "  target_compile_definitions($2 INTERFACE $4)"
    echo "endif()"
  } >"$folder/$1Config.cmake"
  {
    echo "set(PACKAGE_VERSION $3)"
    echo "set(PACKAGE_VERSION_COMPATIBLE TRUE)"
  } >"$folder/$1ConfigVersion.cmake"
}

prepare_frontend() {
  local found=build/deps/cudnn-frontend/include download
  if [[ ! -f $found/cudnn_frontend.h ]]; then
    download=$(mktemp -d)
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
      --dest "$download" 'nvidia-cudnn-frontend==1.32.*' || die "cudnn-frontend was not fetched"
    python3 -m zipfile --extract "$download"/*.whl "$download/wheel"
    found=$download/wheel/include
  fi
  cp -r "$found/." "$deps/include/"
}

prepare() {
  rm -rf "$deps"
  mkdir -p "$deps/include"
  local header
  for header in fmt CLI nlohmann zlib.h zconf.h; do
    [[ -e /usr/include/$header ]] ||
      die "no /usr/include/$header: run cmake/install_dependencies.sh"
    cp -r "/usr/include/$header" "$deps/include/"
  done
  prepare_frontend
  config fmt fmt::fmt 9.1.0 FMT_HEADER_ONLY
  config CLI11 CLI11::CLI11 2.3.2
  config nlohmann_json nlohmann_json::nlohmann_json 3.11.2
  if python3 -c 'import keras' 2>/dev/null; then
    python3 tests/gpu/make_networks.py "$networks"
  else
    echo "no Keras here: no networks" >&2
  fi
  du -sh "$deps"
}

# --- what is here ---------------------------------------------------------------------------------

nvidia_packages() { # the folders of NVIDIA's Python packages
  python3 -c 'import nvidia; print("\n".join(nvidia.__path__))' 2>/dev/null
}

find_cuda() {
  nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null) || return 1
  cuda=$(dirname "$(dirname "$(readlink -f "$nvcc")")")
  PATH=$PATH:$cuda/bin
  cudnn=
  cuda_libraries=
  include_flags=
  local packages folder
  while read -r packages; do
    [[ -n $packages ]] || continue
    [[ -f $packages/cudnn/include/cudnn.h ]] && cudnn=$packages/cudnn
    for folder in cudnn cu13; do
      [[ -d $packages/$folder/lib ]] && cuda_libraries+=${cuda_libraries:+:}$packages/$folder/lib
    done
    [[ -f $cuda/include/cublasLt.h || ! -f $packages/cu13/include/cublasLt.h ]] ||
      include_flags="-isystem $packages/cu13/include"
  done < <(nvidia_packages)
  export KERAUNOS_CUDA_LIBRARIES=${KERAUNOS_CUDA_LIBRARIES:-$cuda_libraries}
}

# Where CMake finds what --prepare brought; nothing where the machine has packages of its own.
dependency_flags() {
  [[ -d $deps ]] || return
  printf '%s\n' "-DCMAKE_PREFIX_PATH=$deps" "-DCUDNN_FRONTEND_ROOT=$deps"
  [[ -e /usr/include/zlib.h ]] && return
  local library
  library=$(ldconfig -p | sed -n 's/.*libz\.so\.1 .*=> //p' | head -n 1)
  printf '%s\n' "-DZLIB_LIBRARY=$library" "-DZLIB_INCLUDE_DIR=$deps/include"
}

versions() {
  [[ -z $dry ]] || return 77
  date --utc
  uname -sr
  g++ --version | head -n 1
  cmake --version | head -n 1
  "$nvcc" --version | tail -n 2
  python3 --version
  echo "cuDNN headers: ${cudnn:-those of the toolkit}"
  echo "CUDA libraries: ${KERAUNOS_CUDA_LIBRARIES:-the default places}"
  nvidia-smi
}

device_properties() {
  [[ -z $dry ]] || return 77
  local library=libcudnn.so.9 folder
  for folder in ${KERAUNOS_CUDA_LIBRARIES//:/ }; do
    [[ -f $folder/libcudnn.so.9 ]] && library=$folder/libcudnn.so.9
  done
  g++ -std=c++20 -O1 -I"$cuda/include" ${cudnn:+-I"$cudnn/include"} \
    tests/gpu/device_properties.cc -ldl -o "$work/device_properties" &&
    "$work/device_properties" "$library" >"$out/device_properties.json" &&
    cat "$out/device_properties.json"
}

# Compilers newer than those that the project is tested with may warn of more: that is not what is
# checked here, hence -w.
configure_and_build() {
  local flags
  mapfile -t flags < <(dependency_flags)
  cmake -S tests/gpu -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DKERAUNOS_CUDA=ON -DKERAUNOS_ONEDNN=OFF -DKERAUNOS_CUDA_ARCHITECTURES=90-real \
    ${cudnn:+-DCUDNN_ROOT="$cudnn"} -DCUDAToolkit_ROOT="$cuda" \
    -DCMAKE_CUDA_COMPILER="$nvcc" -DCMAKE_CXX_FLAGS="-w $include_flags" \
    -DCMAKE_CUDA_FLAGS="-w -Xcompiler=-w $include_flags" "${flags[@]}" &&
    cmake --build "$build" --parallel "$(nproc)" --target \
      keraunos_command keraunos_cuda keraunos_gpu_parity keraunos_gpu_golden \
      keraunos_gpu_stress digits
}

# --- steps ----------------------------------------------------------------------------------------

# Runs a function or command under a time limit. What it prints goes to a file of its own; its
# outcome is a line of steps.tsv: passed, failed, skipped (77) or timed out.
step() { # NAME SECONDS COMMAND...
  local name=$1 limit=$2 started=$SECONDS status result
  [[ -z $dry ]] || limit=$((4 * limit)) # the device double runs on however few cores there are
  shift 2
  timeout --kill-after=5 "$limit" bash -c '"$@"' step "$@" >"$work/$name.log" 2>&1
  status=$?
  case $status in
    0) result=passed ;;
    77) result=skipped ;;
    124 | 137) result="timed out" ;;
    *) result=failed ;;
  esac
  printf '%s\t%s\t%d\n' "$name" "$result" $((SECONDS - started)) >>"$work/steps.tsv"
  printf '%-22s %-10s %4d s\n' "$name" "$result" $((SECONDS - started))
  return $status
}

parity() { # PRECISION
  "$build/bin/keraunos_gpu_parity" ${dry:+--small} --precision "$1" --report "$work/parity_$1.tsv"
}

golden() { # PRECISION PART/PARTS
  "$build/bin/keraunos_gpu_golden" tests/golden/cases --precision "$1" --part "$2" \
    --report "$work/golden_$1_${2%/*}.tsv"
}

# A few cases by way of the command, whose start would take too long for all of them.
golden_command() {
  local strict=$work/keraunos_strict names
  printf '#!/bin/sh\nexec "%s" "$@" --precision float32\n' "$build/bin/keraunos" >"$strict"
  chmod +x "$strict"
  names=$(cd tests/golden/cases && printf '%s\n' *.keras | sed 's/\.keras$//' | sed -n '1~50p')
  # shellcheck disable=SC2086  # names are words
  python3 tests/golden/compare.py "$strict" $names --device gpu
}

samples() {
  python3 tests/gpu/samples.py "$build/bin/keraunos" --report "$work/samples.tsv" &&
    "$build/bin/digits" gpu
}

sanitise() { # TOOL
  local checker
  checker=$(command -v compute-sanitizer) || { echo "no compute-sanitizer"; return 77; }
  "$checker" --tool "$1" --error-exitcode 9 "$build/bin/keraunos_gpu_parity" --small
  local status=$?
  grep -q "Device not supported" "$work/$1.log" && return 77
  return $status
}

stress() { # MODE...
  "$build/bin/keraunos_gpu_stress" samples/digits/digits.keras "$@"
}

whole_networks() {
  compgen -G "$networks/*.keras" >/dev/null || { echo "no networks in $networks"; return 77; }
  python3 tests/gpu/networks.py "$build/bin/keraunos" "$networks" --report "$work/networks.tsv"
}

timings() {
  python3 tests/gpu/timings.py "$build/bin/keraunos" --networks "$networks" \
    --report "$work/timings.json"
}

# Functions and what they read must reach the shell that `step` starts.
share() {
  export -f versions device_properties configure_and_build dependency_flags parity golden
  export -f golden_command samples sanitise stress whole_networks timings
  export dry root deps build work out networks nvcc cuda cudnn include_flags
}

finish() {
  cat "$work"/*.log >"$out/gpu_check.log" 2>/dev/null
  say "summary"
  python3 tests/gpu/summarise.py "$work" "$out/gpu_check.json"
}

prepare_programs() {
  if [[ -n $built ]]; then
    [[ -x $build/bin/keraunos_gpu_golden ]] || die "no programs in $build/bin"
    export LD_LIBRARY_PATH=$build/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    return
  fi
  step build 240 configure_and_build && return
  tail -n 40 "$work/build.log"
  return 1
}

# What loads the GPU with little things: one at a time it would idle most of the time.
check_side_by_side() {
  local precision part tool
  for precision in float32 tf32 float16 bfloat16; do
    step "parity_$precision" 150 parity "$precision" &
    for part in 0 1; do step "golden_${precision}_$part" 150 golden "$precision" "$part/2" & done
  done
  step golden_command 100 golden_command &
  step samples 120 samples &
  if [[ $1 != --quick ]]; then
    for tool in memcheck racecheck initcheck; do step "$tool" 150 sanitise "$tool" & done
  fi
  wait
}

check() { # --quick or nothing
  step versions 20 versions
  cat "$work/versions.log"
  step device_properties 40 device_properties
  prepare_programs || return
  say "parity, golden cases and samples, side by side"
  check_side_by_side "$1"
  say "one after the other"
  step stress_threads 30 stress threads
  step stress_memory 30 stress memory
  step stress_shapes $((shapes_seconds + 20)) stress shapes "$shapes_seconds"
  [[ $1 == --quick ]] && return
  step networks 120 whole_networks
  step timings "$timings_seconds" timings
}

built=
dry=
shapes_seconds=${SHAPES_SECONDS:-60}
timings_seconds=${TIMINGS_SECONDS:-120}
mode=${1:-}
case $mode in
  --prepare) prepare; exit ;;
  "" | --quick | --build) ;;
  --built) built=${2:?a folder with bin and lib}; build=$built; mode= ;;
  --dry-run)
    built=$root/build/release
    build=$built
    mode=--quick
    dry=yes
    shapes_seconds=2
    export KERAUNOS_CUDA_LIBRARY=$build/lib/libkeraunos_cuda_double.so
    ;;
  *) die "unknown option $1; see the head of $0" ;;
esac

rm -rf "$work"
mkdir -p "$work" "$out"
if ! find_cuda && [[ -z $dry ]]; then
  echo "no GPU check: there is no nvcc in PATH or /usr/local/cuda/bin" >&2
  exit 77
fi
share
if [[ $mode == --build ]]; then
  configure_and_build
  exit
fi
if [[ -z $dry ]] &&
  { ! reason=$(nvidia-smi --list-gpus 2>&1) || [[ $reason != *GPU* ]]; }; then
  echo "no GPU check: nvidia-smi finds no GPU (${reason##*: })" >&2
  exit 77
fi
check "$mode"
finish
