# Plants one source in SCRATCH for each line of cases and puts it to what the build checks its own sources with: AWK, rooms.awk
# of SOURCE and the build's list of ROOMS.  What is allowed passes; what is not is refused with the words of the third column.
cmake_minimum_required(VERSION 3.22)

function(rpe_case path text expected)
  file(REMOVE_RECURSE ${SCRATCH})
  file(WRITE ${SCRATCH}/${path} "${text}\n")
  execute_process(COMMAND ${AWK} -f ${SOURCE}/rooms.awk ${ROOMS} ${path} ${ARGN} WORKING_DIRECTORY ${SCRATCH}
                  RESULT_VARIABLE status OUTPUT_VARIABLE complaint ERROR_VARIABLE complaint)
  if(expected STREQUAL "")
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "${path}: ${text}\nmust be allowed, but:\n${complaint}")
    endif()
  elseif(status EQUAL 0 OR NOT complaint MATCHES "${expected}")
    message(FATAL_ERROR "${path}: ${text}\nexpected a complaint with '${expected}', found status ${status}:\n${complaint}")
  endif()
endfunction()

# rpe_sees(LAYER HEADER) and rpe_sees_not(LAYER HEADER): the header is there, so that a new name of it is noticed.
function(rpe_sees layer header)
  rpe_case(${layer}/planted.c "#include \"${header}\"" "")
endfunction()
function(rpe_sees_not layer header)
  if(NOT EXISTS ${SOURCE}/${header})
    message(FATAL_ERROR "${header} is not there")
  endif()
  rpe_case(${layer}/planted.c "#include \"${header}\"" "planted.c:1: ${layer} does not depend on")
endfunction()

# The two oracles: theory sees neither codes nor attention, and they do not see theory or each other.
rpe_sees(theory position/kernel.h)
rpe_sees_not(theory encoding/sampler.h)
rpe_sees_not(theory encoding/encoder.h)
rpe_sees_not(theory attention/attention.h)
rpe_sees(encoding position/kernel.h)
rpe_sees_not(encoding theory/theory.h)
rpe_sees_not(encoding attention/attention.h)
rpe_sees(attention position/kernel.h)
rpe_sees_not(attention theory/theory.h)
rpe_sees_not(attention encoding/sampler.h)
rpe_sees_not(oracle attention/attention.h)
rpe_sees(base base/stream.h)
rpe_sees_not(base position/kernel.h)
rpe_sees(quantity/measure method/method.h)
rpe_sees(quantity/measure base/stream.h) # through others
rpe_sees_not(quantity/measure experiment/experiment.h)
# Claims do not know what is planted for them to find.
rpe_sees_not(quantity/claim fault/fault.h)
rpe_sees(fault quantity/claim/claim.h)
rpe_sees_not(fault experiment/experiment.h)
rpe_sees(report fault/fault.h)
rpe_sees(benchmark method/method.h)
rpe_sees_not(benchmark quantity/measure/measure.h)

# Folders within a layer are its own.
rpe_sees(base base/random/philox.h)
rpe_case(method/planted.c "#include \"base/random/philox.h\"" "is base's own")
# A header is named with its folder.
rpe_case(method/planted.c "#include \"method.h\"" "without its folder")
# No header includes itself through others.
rpe_case(method/one.h "#include \"method/one.h\"" "a circle of headers")
