# `cmake --install` gives a tree that runs from anywhere, and find_package(keraunos) the target
# keraunos::keraunos. The CUDA library is installed by its own folder, beside libkeraunos.

include(CMakePackageConfigHelpers)

install(TARGETS keraunos EXPORT keraunos-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/keraunos DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET keraunos_command)
  install(TARGETS keraunos_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/keraunos)
install(EXPORT keraunos-targets NAMESPACE keraunos:: DESTINATION ${package_dir})
configure_package_config_file(
  cmake/keraunos-config.cmake.in ${PROJECT_BINARY_DIR}/keraunos-config.cmake
  INSTALL_DESTINATION ${package_dir})
# Before 1.0 a new minor version may change the API.
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/keraunos-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/keraunos-config.cmake ${PROJECT_BINARY_DIR}/keraunos-config-version.cmake
  DESTINATION ${package_dir})
