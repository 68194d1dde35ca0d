# Installs Keraunos, moves the tree, and builds and runs a stranger's project against it.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/installed)
file(RENAME ${SCRATCH}/installed ${SCRATCH}/moved)

run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${SCRATCH}/build -G ${GENERATOR}
  -D CMAKE_PREFIX_PATH=${SCRATCH}/moved -D CMAKE_CXX_COMPILER=${COMPILER})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer ${MODEL})

# The installed command finds the library from wherever the tree lies.
run(${SCRATCH}/moved/bin/keraunos devices)
run(${SCRATCH}/moved/bin/keraunos summary ${MODEL})

# Where the CUDA library was built, it lies beside libkeraunos, which looks for it there.
if(EXISTS ${BUILD}/lib/libkeraunos_cuda.so
    AND NOT EXISTS ${SCRATCH}/moved/${LIBDIR}/libkeraunos_cuda.so)
  message(FATAL_ERROR "libkeraunos_cuda.so was built but not installed")
endif()
file(REMOVE_RECURSE ${SCRATCH})
