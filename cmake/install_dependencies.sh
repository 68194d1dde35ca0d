#!/usr/bin/env bash
# Installs what the build needs, on Debian 12 and its relatives; quick where everything is there.
#
#   cmake/install_dependencies.sh            to build the library, the command and the samples
#   cmake/install_dependencies.sh --tests    to build and run the tests as well
#
# The CUDA toolkit, cuDNN and the GPU driver are NVIDIA's to install. Where a toolkit is found, the
# headers of cudnn-frontend are put into build/deps; without one this step is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

# Debian's CMake package of oneDNN looks for OpenCL, which it was built with.
packages=(g++ cmake ninja-build libfmt-dev zlib1g-dev libdnnl-dev ocl-icd-opencl-dev
  libcli11-dev nlohmann-json3-dev)
wished=() # their tests are skipped without them
if [[ ${1:-} == --tests ]]; then
  packages+=(ccache clang libclang-rt-14-dev libgtest-dev libgmock-dev libbenchmark-dev
    python3 python3-numpy python3-h5py python3-venv)
  wished=(chromium) # opens the page of `keraunos explain --html`
fi

cuda=
if command -v nvcc >/dev/null || [[ -x /usr/local/cuda/bin/nvcc ]]; then cuda=yes; fi
frontend=build/deps/cudnn-frontend
if [[ $cuda && ! -f $frontend/include/cudnn_frontend.h ]] && ! python3 -m pip --version &>/dev/null; then
  packages+=(python3-pip)
fi

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

install_packages() { # PACKAGE...
  if ! command -v apt-get >/dev/null; then
    echo "note: no apt-get here; the build needs what Debian calls: $*" >&2
    return
  fi
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "error: as root, run: apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "installing ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  "${apt[@]}" update
  "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
}

# Without it the CUDA backend is left out, which CMake reports; so a failure is only told.
install_cudnn_frontend() {
  [[ $cuda && ! -f $frontend/include/cudnn_frontend.h ]] || return 0
  echo "fetching the headers of cudnn-frontend"
  local download
  download=$(mktemp -d)
  if python3 -m pip download --quiet --disable-pip-version-check --no-deps \
    --only-binary=:all: --dest "$download" 'nvidia-cudnn-frontend==1.32.*'; then
    python3 -m zipfile --extract "$download"/*.whl "$download/wheel"
    mkdir -p "$frontend"
    cp -r "$download/wheel/include" "$frontend/"
  else
    echo "warning: no cudnn-frontend, so the CUDA backend will not be built" >&2
  fi
  rm -rf "$download"
}

install_packages "${packages[@]}"
if ((${#wished[@]})); then
  # Inside, `set -e` has no effect: what counts is how the last command, the installation, ended.
  install_packages "${wished[@]}" || echo "warning: not installed: ${wished[*]}" >&2
fi
install_cudnn_frontend
