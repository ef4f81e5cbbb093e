# Installs BUILD under OUTPUT, moves it, and uses what is there from the root directory, without the environment of a developer.
set(first "${OUTPUT}/first prefix")
set(prefix "${OUTPUT}/moved prefix")
set(run ${CMAKE_COMMAND} -E env --unset=RPEBENCH_DATA HOME=/nonexistent)

# must(COMMAND...): in the root directory; what it prints is in `output`.
function(must)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY / RESULT_VARIABLE status OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nstatus ${status}: ${printed}")
  endif()
  set(output "${printed}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${OUTPUT})
must(${CMAKE_COMMAND} --install ${BUILD} --prefix ${first})
file(RENAME ${first} ${prefix})
foreach(file IN ITEMS bin/rpebench include/rpebench.h share/man/man1/rpebench.1 share/bash-completion/completions/rpebench
        share/zsh/site-functions/_rpebench share/doc/rpebench/CITATION.cff share/doc/rpebench/LICENSE
        share/rpebench/experiments/score-error.json share/rpebench/plots/error.gp ${LIBDIR}/pkgconfig/rpebench.pc
        ${LIBDIR}/cmake/rpebench/rpebench-config.cmake ${LIBDIR}/cmake/rpebench/rpebench-config-version.cmake)
  if(NOT EXISTS ${prefix}/${file})
    message(FATAL_ERROR "not installed: ${file}")
  endif()
endforeach()

# The data are those beside the program and no others: one that is taken away is gone.
set(program ${prefix}/bin/rpebench)
file(REMOVE ${prefix}/share/rpebench/experiments/score-error.json)
must(${run} ${program} list experiments)
if(output MATCHES "score-error" OR NOT output MATCHES "kernel-families")
  message(FATAL_ERROR "expected the experiments of the prefix, found ${output}")
endif()
must(${run} ${program} run kernel-families --quick --quiet --output ${OUTPUT}/results)
must(${run} ${program} verify causal-masked --quick --quiet)

# Others find the library: by CMake, by pkg-config, and from Python.
must(${CMAKE_COMMAND} -S ${CONSUMER} -B ${OUTPUT}/consumer -DCMAKE_C_COMPILER=${COMPILER} -DCMAKE_PREFIX_PATH=${prefix})
must(${CMAKE_COMMAND} --build ${OUTPUT}/consumer)
must(${run} ${OUTPUT}/consumer/consumer)
if(NOT output MATCHES "^0\\.1\\.0 explicit")
  message(FATAL_ERROR "consumer: found ${output}")
endif()
if(PKG_CONFIG)
  must(${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${prefix}/${LIBDIR}/pkgconfig sh -c
       "eval \"set -- $('${PKG_CONFIG}' --cflags --libs rpebench)\" && '${COMPILER}' '${CONSUMER}/consumer.c' -o '${OUTPUT}/by pkg-config' \"$@\"")
  must(${run} LD_LIBRARY_PATH=${prefix}/${LIBDIR} "${OUTPUT}/by pkg-config")
endif()
if(PYTHON)
  must(${run} ${PYTHON} -B ${prefix}/share/rpebench/experiments/interchange/ctypes_user.py ${prefix}/${LIBDIR}/librpebench.so)
endif()
