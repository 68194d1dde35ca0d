# Decides whether the CUDA backend is built, and sets up nvcc where it is.
#
# Reads KERAUNOS_CUDA (AUTO, ON, OFF). Sets KERAUNOS_CUDA_ENABLED; what is missing is printed with
# AUTO and is an error with ON.

set(KERAUNOS_CUDA_ARCHITECTURES
  "75-real;80-real;86-real;89-real;90-real;100-real;120-real;120-virtual"
  CACHE STRING "GPU architectures that the CUDA backend is compiled for")

set(KERAUNOS_CUDA_ENABLED OFF)
if(KERAUNOS_CUDA STREQUAL "OFF")
  message(STATUS "CUDA backend: not built (KERAUNOS_CUDA=OFF)")
  return()
endif()

set(missing "")
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # the tests link to these too
find_package(CUDAToolkit 13 QUIET)
if(NOT CUDAToolkit_FOUND)
  list(APPEND missing "no CUDA toolkit >= 13 in PATH, CUDAToolkit_ROOT or /usr/local/cuda")
else()
  find_package(CUDNN 9.8 QUIET)
  if(NOT CUDNN_FOUND)
    list(APPEND missing "no cudnn.h >= 9.8 in ${CUDAToolkit_INCLUDE_DIRS}, CUDNN_ROOT or the \
system folders (found: ${CUDNN_INCLUDE_DIR} ${CUDNN_VERSION})")
  endif()
  find_package(CUDNNFrontend 1.32 QUIET)
  if(NOT CUDNNFrontend_FOUND)
    list(APPEND missing "no cudnn_frontend.h >= 1.32 in CUDNN_FRONTEND_ROOT, \
${PROJECT_BINARY_DIR}/deps/cudnn-frontend, ${PROJECT_SOURCE_DIR}/build/deps/cudnn-frontend or the \
system folders (found: ${CUDNN_FRONTEND_INCLUDE_DIR} ${CUDNNFrontend_VERSION}). It comes with \
Python's package nvidia-cudnn-frontend")
  endif()
  # Before check_language, which looks for nvcc in PATH only and compiles for these.
  set(CMAKE_CUDA_ARCHITECTURES ${KERAUNOS_CUDA_ARCHITECTURES})
  if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX} AND CUDAToolkit_NVCC_EXECUTABLE)
    set(CMAKE_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE})
  endif()
  include(CheckLanguage)
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    list(APPEND missing "no working nvcc (${CUDAToolkit_NVCC_EXECUTABLE})")
  endif()
endif()

if(missing)
  list(JOIN missing "\n     " missing)
  if(KERAUNOS_CUDA STREQUAL "ON")
    message(FATAL_ERROR "CUDA backend: cannot be built:\n     ${missing}")
  endif()
  message(STATUS "CUDA backend: not built:\n     ${missing}")
  return()
endif()

enable_language(CUDA)
# CMake 3.25 does not know that nvcc 13 speaks C++20.
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
endif()
set(KERAUNOS_CUDA_ENABLED ON)
message(STATUS "CUDA backend: CUDA ${CUDAToolkit_VERSION}, cuDNN ${CUDNN_VERSION}, \
cudnn-frontend ${CUDNNFrontend_VERSION}, for ${KERAUNOS_CUDA_ARCHITECTURES}")
