# Targets for the form of the sources, where the tools are: format, format-check, clang-tidy, cppcheck, and lint (all checks).
find_program(RPE_CLANG_FORMAT clang-format)
find_program(RPE_CLANG_TIDY clang-tidy)
find_program(RPE_CPPCHECK cppcheck)
mark_as_advanced(RPE_CLANG_FORMAT RPE_CLANG_TIDY RPE_CPPCHECK)

include(ProcessorCount)
ProcessorCount(processors)
if(processors EQUAL 0)
  set(processors 1)
endif()
file(GLOB_RECURSE lint_sources CONFIGURE_DEPENDS src/*.c)
if(NOT RPE_BENCHMARK_MISSING)
  file(GLOB_RECURSE lint_sources CONFIGURE_DEPENDS src/*.c src/*.cpp)
endif()
file(GLOB_RECURSE format_sources CONFIGURE_DEPENDS src/*.[ch] src/*.[ch]pp tests/*.[ch])
set(lint_directory ${PROJECT_BINARY_DIR}/lint)
file(MAKE_DIRECTORY ${lint_directory}/cppcheck)

add_custom_target(lint)

if(RPE_CLANG_FORMAT)
  add_custom_target(format COMMAND ${RPE_CLANG_FORMAT} -i ${format_sources} VERBATIM)
  add_custom_target(format-check COMMAND ${RPE_CLANG_FORMAT} --dry-run -Werror ${format_sources} VERBATIM)
  add_dependencies(lint format-check)
endif()

if(RPE_CLANG_TIDY)
  # One source a line; xargs keeps every processor busy and fails if one source does.
  list(JOIN lint_sources "\n" lines)
  file(WRITE ${lint_directory}/sources.txt "${lines}\n")
  add_custom_target(clang-tidy
    COMMAND xargs -a ${lint_directory}/sources.txt -d "\\n" -n 1 -P ${processors}
            ${RPE_CLANG_TIDY} -p ${PROJECT_BINARY_DIR} --quiet --extra-arg=-Wno-unknown-warning-option
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM)
  add_dependencies(clang-tidy rpe_revision)
  add_dependencies(lint clang-tidy)
endif()

if(RPE_CPPCHECK)
  add_custom_target(cppcheck
    COMMAND ${RPE_CPPCHECK} --project=${PROJECT_BINARY_DIR}/compile_commands.json -i${PROJECT_SOURCE_DIR}/tests
            --enable=warning,performance,portability --error-exitcode=1 --inline-suppr --quiet -j ${processors}
            --cppcheck-build-dir=${lint_directory}/cppcheck
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} VERBATIM)
  add_dependencies(cppcheck rpe_revision)
  add_dependencies(lint cppcheck)
endif()
