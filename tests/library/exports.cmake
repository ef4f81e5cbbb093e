# The functions that LIBRARY exports are those that HEADER declares.
execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " [A-Z] [A-Za-z0-9_]+" symbols "${symbols}")
list(TRANSFORM symbols REPLACE "^ [A-Z] " "")
file(READ ${HEADER} text)
string(REGEX MATCHALL "RPEBENCH_API [a-z_ *]*[ *]rpebench_[a-z_]+\\(" declared "${text}")
list(TRANSFORM declared REPLACE ".*[ *](rpebench_[a-z_]+)\\($" "\\1")
# Compilers for sanitizers and coverage add symbols of their own.
list(FILTER symbols EXCLUDE REGEX "^(__|_init$|_fini$)")
list(SORT symbols)
list(SORT declared)
if(NOT "${symbols}" STREQUAL "${declared}")
  message(FATAL_ERROR "exported: ${symbols}\ndeclared: ${declared}")
endif()
