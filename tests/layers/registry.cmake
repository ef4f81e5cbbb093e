# Configures a scratch project with rpe_registry of LAYER_MODULE: it must accept a registry that agrees with its sources, and
# name both lists when a line has no source or a source no line.
file(REMOVE_RECURSE ${SCRATCH})

# registry_case(NAME LINES SOURCES): configures; status and complaint are set in the caller.
function(registry_case name lines sources)
  set(folder ${SCRATCH}/${name})
  file(MAKE_DIRECTORY ${folder}/animal)
  set(text "")
  foreach(line IN LISTS lines)
    string(APPEND text "RPE_ANIMAL(${line})\n")
  endforeach()
  file(WRITE ${folder}/animal/animals.def "${text}")
  foreach(source IN LISTS sources)
    file(WRITE ${folder}/animal/${source}.c "const rpe_animal rpe_animal_${source} = {\n};\n")
  endforeach()
  file(WRITE ${folder}/CMakeLists.txt
    "cmake_minimum_required(VERSION 3.22)\nproject(scratch LANGUAGES NONE)\ninclude(\"${LAYER_MODULE}\")\n"
    "rpe_registry(animal animals.def RPE_ANIMAL rpe_animal)\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${folder} -B ${folder}/build RESULT_VARIABLE status
                  OUTPUT_QUIET ERROR_VARIABLE complaint)
  set(status ${status} PARENT_SCOPE)
  set(complaint "${complaint}" PARENT_SCOPE)
endfunction()

registry_case(agree "horse;cow" "cow;horse")
if(NOT status EQUAL 0)
  message(FATAL_ERROR "a registry that agrees with its sources was refused:\n${complaint}")
endif()
registry_case(line_without_source "horse;cow" "horse")
if(status EQUAL 0 OR NOT complaint MATCHES "cow, horse\n.*: +horse")
  message(FATAL_ERROR "a line without a source: expected a refusal with both lists, found status ${status}:\n${complaint}")
endif()
registry_case(source_without_line "horse" "cow;horse")
if(status EQUAL 0 OR NOT complaint MATCHES "horse\n.*: +cow, horse")
  message(FATAL_ERROR "a source without a line: expected a refusal with both lists, found status ${status}:\n${complaint}")
endif()
