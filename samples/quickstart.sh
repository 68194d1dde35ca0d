#!/usr/bin/env bash
# Installs what is needed, builds Keraunos, and lets it read handwritten digits.
#
#   samples/quickstart.sh [cpu|gpu|auto]
set -euo pipefail
cd "$(dirname "$0")/.."

cmake/install_dependencies.sh
# One GPU architecture compiles in a fraction of the time that all take: this machine's, if it has one.
architecture=90-real
if nvidia-smi &>/dev/null; then architecture=native; fi
cmake --preset release -DKERAUNOS_TESTS=OFF -DKERAUNOS_CUDA_ARCHITECTURES=$architecture
cmake --build --preset release
echo
exec build/release/bin/digits "$@"
