#!/usr/bin/env bash
# Installs what is needed, builds Keraunos, and lets it read handwritten digits.
#
#   samples/quickstart.sh [cpu|gpu|auto]
set -euo pipefail
cd "$(dirname "$0")/.."

cmake/install_dependencies.sh
cmake --preset release -DKERAUNOS_TESTS=OFF
cmake --build --preset release
echo
exec build/release/bin/digits "$@"
