# cmake --install: the program, the library with its header, and what both need to be found and used.  Nothing holds the prefix,
# so it can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(RPE_INSTALL_DATA ${CMAKE_INSTALL_DATADIR}/rpebench)
set(RPE_INSTALL_PACKAGE ${CMAKE_INSTALL_LIBDIR}/cmake/rpebench)
set(made ${PROJECT_BINARY_DIR}/installed)

# The manual page and the completions are printed by the program, from the tables that give --help.
set(printed "")
foreach(page IN ITEMS "rpebench.1|manual" "rpebench|completion bash" "_rpebench|completion zsh")
  string(REGEX REPLACE "\\|.*" "" name "${page}")
  string(REGEX REPLACE ".*\\|" "" words "${page}")
  add_custom_command(OUTPUT ${made}/${name}
    # A sanitized program may print here without its leak check, which not every build machine allows.
    COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0
            sh -c "\"$1\" ${words} >\"$2\"" sh $<TARGET_FILE:rpebench> ${made}/${name}
    DEPENDS rpebench VERBATIM)
  list(APPEND printed ${made}/${name})
endforeach()
file(MAKE_DIRECTORY ${made})
add_custom_target(rpe_printed ALL DEPENDS ${printed})

file(RELATIVE_PATH RPE_PREFIX_FROM_PC ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(src/library/rpebench.pc.in ${made}/rpebench.pc @ONLY)
configure_package_config_file(src/library/rpebench-config.cmake.in ${made}/rpebench-config.cmake
                              INSTALL_DESTINATION ${RPE_INSTALL_PACKAGE})
write_basic_package_version_file(${made}/rpebench-config-version.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS rpebench RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS rpebench_shared EXPORT rpebench LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT rpebench NAMESPACE rpebench:: FILE rpebench-targets.cmake DESTINATION ${RPE_INSTALL_PACKAGE})
install(FILES ${made}/rpebench-config.cmake ${made}/rpebench-config-version.cmake DESTINATION ${RPE_INSTALL_PACKAGE})
install(FILES ${made}/rpebench.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${made}/rpebench.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/rpebench DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${made}/_rpebench DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(DIRECTORY experiments plots DESTINATION ${RPE_INSTALL_DATA}
        PATTERN __pycache__ EXCLUDE PATTERN gallery EXCLUDE PATTERN reproduce EXCLUDE PATTERN prepare.sh EXCLUDE)
install(FILES LICENSE CITATION.cff README.md src/SPECIFICATION.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
