#!/usr/bin/env bash
# Runs the fuzz targets under AddressSanitizer and UndefinedBehaviorSanitizer; needs clang.
#
#   tests/fuzz/run.sh                              every corpus, a minute each
#   tests/fuzz/run.sh 1800 model_json.legacy ...   these, half an hour each
#
# A corpus is a folder tests/fuzz/corpus/TARGET or TARGET.KIND. What is found stands in
# build/fuzz/findings, its story in build/fuzz/*.log; inputs that reach new code are kept in
# build/fuzz/grown. Put the input of a finding that was mended into its corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-60}
shift || true
build=build/fuzz
corpus=tests/fuzz/corpus
names=("$@")
((${#names[@]})) || names=($(ls "$corpus"))

CXX=clang++ CC=clang cmake -S . -B $build -G Ninja --preset asan -DKERAUNOS_TESTS=ON \
  -DKERAUNOS_FUZZERS=ON -DKERAUNOS_CUDA=OFF >/dev/null
targets=()
for name in "${names[@]}"; do targets+=("fuzz_${name%%.*}"); done
cmake --build $build --parallel "$(nproc)" --target "${targets[@]}"

mkdir -p $build/findings
failed=()
for name in "${names[@]}"; do
  mkdir -p "$build/grown/$name"
  echo "=== $name, $seconds seconds"
  ASAN_OPTIONS=allocator_may_return_null=1 "$build/bin/fuzz_${name%%.*}" \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3072 \
    -max_len=65536 -dict=tests/fuzz/keras.dict -print_final_stats=1 \
    -artifact_prefix="$build/findings/$name-" \
    "$build/grown/$name" "$corpus/$name" &>"$build/$name.log" || failed+=("$name")
  tail -n 12 "$build/$name.log"
done
((${#failed[@]} == 0)) || { echo "findings: ${failed[*]}"; exit 1; }
echo "no findings"
