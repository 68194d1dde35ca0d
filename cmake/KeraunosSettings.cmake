# Compiler settings shared by every target of ours, as the interface target keraunos_settings.

include(GNUInstallDirs)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Everything runnable lands in one folder, so that the build tree works as the install tree does.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(keraunos_settings INTERFACE)
target_include_directories(keraunos_settings INTERFACE
  ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
target_compile_options(keraunos_settings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    -Wnon-virtual-dtor -Woverloaded-virtual -Werror>)
# GCC 12 sees overlapping copies inside std::string where there are none (GCC bug 105651).
target_compile_options(keraunos_settings INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)
# clang warns where sanitizers keep it from vectorizing a loop that asks for it.
target_compile_options(keraunos_settings INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-pass-failed>)
# Keras's numbers are IEEE numbers: the compiler may not fuse a*b+c where the source does not.
target_compile_options(keraunos_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>)

if(KERAUNOS_SANITIZE)
  target_compile_options(keraunos_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:
    -fsanitize=${KERAUNOS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all>)
  target_link_options(keraunos_settings INTERFACE -fsanitize=${KERAUNOS_SANITIZE})
endif()

if(KERAUNOS_FUZZERS)
  target_compile_options(keraunos_settings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=fuzzer-no-link>)
endif()

# A C program on the C ABI. Where the library is sanitized it is linked as C++ is, because only that
# brings in the C++ part of the sanitizers' runtime.
function(keraunos_c_program target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Werror)
  target_link_libraries(${target} PRIVATE keraunos_settings keraunos::keraunos)
  if(KERAUNOS_SANITIZE)
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  endif()
endfunction()

find_package(fmt REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
