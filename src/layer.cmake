# rpe_layer(FOLDER [UNTIMED] [DEPENDS folder...] [LIBRARIES target...])
# A layer is a folder, which may have folders by subject, and a static library called after it: its sources are globbed.  A
# source names a header with its folder, and rooms.awk checks before anything is compiled that it may see it: the headers at
# the top of the layers that it depends on.  A *_real.c file is compiled twice, in single and in double precision.
# UNTIMED: the layer reads, decides, tests or writes, and no time that is measured is spent in it: compiled at -O1, which takes
# half the time of -O3.
function(rpe_layer layer)
  cmake_parse_arguments(LAYER "UNTIMED" "" "DEPENDS;LIBRARIES" ${ARGN})
  rpe_room(${layer} ${LAYER_DEPENDS})
  get_filename_component(name ${layer} NAME)
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${layer})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.c)
  set(real_sources ${sources})
  list(FILTER real_sources INCLUDE REGEX "_real\\.c$")
  list(FILTER sources EXCLUDE REGEX "_real\\.c$")
  list(REMOVE_ITEM sources ${folder}/main.c)

  set(link rpe_flags Threads::Threads ${LAYER_LIBRARIES})
  foreach(depends IN LISTS LAYER_DEPENDS)
    get_filename_component(depends ${depends} NAME)
    list(APPEND link rpe_${depends})
  endforeach()

  add_library(rpe_${name} STATIC ${sources})
  if(RPEBENCH_UNITY)
    rpe_unite(rpe_${name} ${sources})
  endif()
  if(LAYER_UNTIMED)
    target_compile_options(rpe_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  foreach(precision IN ITEMS SINGLE DOUBLE)
    if(real_sources)
      string(TOLOWER ${precision} suffix)
      add_library(rpe_${name}_${suffix} OBJECT ${real_sources})
      target_compile_definitions(rpe_${name}_${suffix} PRIVATE RPE_REAL_${precision})
      target_include_directories(rpe_${name}_${suffix} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
      target_link_libraries(rpe_${name}_${suffix} PRIVATE ${link})
      target_sources(rpe_${name} PRIVATE $<TARGET_OBJECTS:rpe_${name}_${suffix}>)
    endif()
  endforeach()
  target_include_directories(rpe_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(rpe_${name} PUBLIC ${link})
  # The shared library is made of the layers: hidden, their functions cost no more than in an executable.
  foreach(part IN ITEMS rpe_${name} rpe_${name}_single rpe_${name}_double)
    if(TARGET ${part})
      add_dependencies(${part} rpe_rooms)
      set_target_properties(${part} PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
    endif()
  endforeach()
endfunction()

# rpe_room(FOLDER [folder...]): what is in FOLDER may see these folders, and what they see.
function(rpe_room layer)
  list(JOIN ARGN " " depends)
  set_property(GLOBAL APPEND PROPERTY rpe_rooms "${layer} ${depends}")
endfunction()

# The check of what each room sees, run when a source has changed.
function(rpe_check_rooms)
  get_property(rooms GLOBAL PROPERTY rpe_rooms)
  list(JOIN rooms "\n" rooms)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/rooms.txt CONTENT "${rooms}\n")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.c *.h *.cpp *.hpp)
  add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/rooms.checked
    COMMAND ${RPE_AWK} -f rooms.awk ${CMAKE_CURRENT_BINARY_DIR}/rooms.txt ${sources}
    COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_CURRENT_BINARY_DIR}/rooms.checked
    DEPENDS rooms.awk ${CMAKE_CURRENT_BINARY_DIR}/rooms.txt ${sources}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} COMMENT "What each layer sees" VERBATIM)
  add_custom_target(rpe_rooms DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/rooms.checked)
endfunction()

# Sources of a layer that do not share a private name are compiled as one, a few at a time: their headers are read once.
function(rpe_unite target)
  # What is private may change with any of them.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN} ${CMAKE_CURRENT_SOURCE_DIR}/unity.awk)
  execute_process(COMMAND ${RPE_AWK} -v most=8 -f ${CMAKE_CURRENT_SOURCE_DIR}/unity.awk ${ARGN}
    OUTPUT_VARIABLE groups OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" groups "${groups}")
  foreach(line IN LISTS groups)
    string(REGEX MATCH "^([0-9]+) (.*)$" line "${line}")
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${target}_${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# rpe_registry(FOLDER DEF MACRO STRUCT): every line MACRO(x) or MACRO(x, ...) of FOLDER/DEF must have a definition
# `const STRUCT STRUCT_x = {` in a source of that folder or one in it, and the other way round; both lists are shown when they differ.
function(rpe_registry folder def macro struct)
  get_filename_component(path ${folder} ABSOLUTE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path}/${def})
  file(STRINGS ${path}/${def} lines REGEX "^${macro}\\(")
  set(listed "")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^${macro}\\(([a-z0-9_]+)[,)].*" "\\1" entry "${line}")
    list(APPEND listed ${entry})
  endforeach()
  set(defined "")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${path}/*.c)
  foreach(source IN LISTS sources)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(STRINGS ${source} lines REGEX "^const ${struct} ${struct}_[a-z0-9_]+ = ")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^const ${struct} ${struct}_([a-z0-9_]+) = .*" "\\1" entry "${line}")
      list(APPEND defined ${entry})
    endforeach()
  endforeach()
  list(SORT listed)
  list(SORT defined)
  if(NOT "${listed}" STREQUAL "${defined}")
    list(JOIN listed ", " listed)
    list(JOIN defined ", " defined)
    message(FATAL_ERROR "${folder}/${def} and the sources of ${folder} differ.\n"
                        "  lines ${macro}(...):        ${listed}\n"
                        "  definitions ${struct}_...:  ${defined}")
  endif()
endfunction()
