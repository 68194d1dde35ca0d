# Finds the headers of cudnn-frontend, NVIDIA's header-only C++ interface to cuDNN graphs.
#
# Hints: CUDNN_FRONTEND_ROOT (variable or environment), the folder deps/cudnn-frontend of this build
# or of build/ in the source tree (the unpacked wheel "nvidia-cudnn-frontend"), system folders.
# Sets CUDNNFrontend_FOUND, CUDNN_FRONTEND_INCLUDE_DIR, CUDNNFrontend_VERSION and the target
# CUDNNFrontend::headers.

find_path(CUDNN_FRONTEND_INCLUDE_DIR cudnn_frontend.h
  HINTS ${CUDNN_FRONTEND_ROOT} $ENV{CUDNN_FRONTEND_ROOT}
    ${PROJECT_BINARY_DIR}/deps/cudnn-frontend ${PROJECT_SOURCE_DIR}/build/deps/cudnn-frontend
    ${CUDAToolkit_INCLUDE_DIRS}
  PATH_SUFFIXES include)

set(version_header ${CUDNN_FRONTEND_INCLUDE_DIR}/cudnn_frontend_version.h)
if(CUDNN_FRONTEND_INCLUDE_DIR AND EXISTS ${version_header})
  set(CUDNNFrontend_VERSION "")
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS ${version_header} line REGEX "#define CUDNN_FRONTEND_${part}_VERSION +[0-9]+")
    string(REGEX MATCH "[0-9]+" number "${line}")
    list(APPEND CUDNNFrontend_VERSION ${number})
  endforeach()
  list(JOIN CUDNNFrontend_VERSION "." CUDNNFrontend_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CUDNNFrontend
  REQUIRED_VARS CUDNN_FRONTEND_INCLUDE_DIR CUDNNFrontend_VERSION
  VERSION_VAR CUDNNFrontend_VERSION)
mark_as_advanced(CUDNN_FRONTEND_INCLUDE_DIR)

if(CUDNNFrontend_FOUND AND NOT TARGET CUDNNFrontend::headers)
  add_library(CUDNNFrontend::headers INTERFACE IMPORTED)
  target_include_directories(CUDNNFrontend::headers SYSTEM INTERFACE ${CUDNN_FRONTEND_INCLUDE_DIR})
endif()
