# Third-party libraries.  Everything that is missing is collected, so that one message names the exact packages.
set(RPE_MISSING "")     # what configure cannot go on without
set(RPE_SUMMARY "")     # "what<TAB>where", printed at the end

macro(rpe_found what package where)
  if("${where}" MATCHES "NOTFOUND$" OR "${where}" STREQUAL "")
    list(APPEND RPE_MISSING ${package})
    list(APPEND RPE_SUMMARY "${what}|missing: package ${package}")
  else()
    list(APPEND RPE_SUMMARY "${what}|${where}")
  endif()
endmacro()

# The serial OpenBLAS by its own path: the name libopenblas.so alone may be the threaded one, and threads are ours.
set(RPE_OPENBLAS_PLACES "")
foreach(prefix /usr/lib /usr/local/lib)
  list(APPEND RPE_OPENBLAS_PLACES ${prefix}/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-serial ${prefix}/openblas-serial)
endforeach()
find_library(RPE_OPENBLAS openblas HINTS ${RPE_OPENBLAS_PLACES})
rpe_found("OpenBLAS" libopenblas-serial-dev "${RPE_OPENBLAS}")

find_library(RPE_GSL gsl)
find_library(RPE_GSLCBLAS gslcblas)
find_path(RPE_GSL_INCLUDE gsl/gsl_cblas.h)
rpe_found("GSL" libgsl-dev "${RPE_GSL}")

find_library(RPE_JANSSON jansson)
find_path(RPE_JANSSON_INCLUDE jansson.h)
rpe_found("jansson" libjansson-dev "${RPE_JANSSON}")

find_path(RPE_RANDOM123_INCLUDE Random123/philox.h)
rpe_found("Random123" librandom123-dev "${RPE_RANDOM123_INCLUDE}")

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

if(RPEBENCH_TESTS)
  find_library(RPE_CMOCKA cmocka)
  find_path(RPE_CMOCKA_INCLUDE cmocka.h)
  rpe_found("cmocka" libcmocka-dev "${RPE_CMOCKA}")
endif()

# Optional: pictures are drawn where gnuplot is.
find_program(RPE_GNUPLOT gnuplot)
if(RPE_GNUPLOT)
  list(APPEND RPE_SUMMARY "gnuplot|${RPE_GNUPLOT}")
else()
  list(APPEND RPE_SUMMARY "gnuplot|not found, needed to draw pictures: package gnuplot-nox")
endif()
find_package(Git QUIET)

# Optional: timings by Google Benchmark, which needs a C++ compiler too.
set(RPE_BENCHMARK_MISSING "")
include(CheckLanguage)
check_language(CXX)
if(CMAKE_CXX_COMPILER)
  enable_language(CXX)
else()
  list(APPEND RPE_BENCHMARK_MISSING g++)
endif()
find_package(benchmark QUIET)
if(NOT benchmark_FOUND)
  list(APPEND RPE_BENCHMARK_MISSING libbenchmark-dev)
endif()
list(JOIN RPE_BENCHMARK_MISSING " " RPE_BENCHMARK_MISSING)
if(RPE_BENCHMARK_MISSING)
  list(APPEND RPE_SUMMARY "benchmark|not found, needed by the target benchmark: package ${RPE_BENCHMARK_MISSING}")
else()
  list(APPEND RPE_SUMMARY "benchmark|${benchmark_VERSION}, ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
endif()

if(RPE_MISSING)
  list(REMOVE_DUPLICATES RPE_MISSING)
  list(JOIN RPE_MISSING " " packages)
  message(FATAL_ERROR "rpebench needs what is not installed here.  On Debian and Ubuntu:\n"
                      "    apt-get install ${packages}\n"
                      "Without root, unpack those packages (apt-get download, dpkg -x FILE.deb PREFIX) and configure with\n"
                      "    -DCMAKE_PREFIX_PATH=PREFIX/usr")
endif()

add_library(rpe_blas INTERFACE)
# OpenBLAS first: gslcblas defines the same names, slowly.
target_link_libraries(rpe_blas INTERFACE ${RPE_OPENBLAS} ${RPE_GSL} ${RPE_GSLCBLAS} m)
target_include_directories(rpe_blas SYSTEM INTERFACE ${RPE_GSL_INCLUDE})
get_filename_component(RPE_OPENBLAS_DIRECTORY ${RPE_OPENBLAS} DIRECTORY)
list(APPEND CMAKE_BUILD_RPATH ${RPE_OPENBLAS_DIRECTORY})
list(APPEND CMAKE_INSTALL_RPATH ${RPE_OPENBLAS_DIRECTORY})

add_library(rpe_jansson INTERFACE)
target_link_libraries(rpe_jansson INTERFACE ${RPE_JANSSON})
target_include_directories(rpe_jansson SYSTEM INTERFACE ${RPE_JANSSON_INCLUDE})

add_library(rpe_random123 INTERFACE)
target_include_directories(rpe_random123 SYSTEM INTERFACE ${RPE_RANDOM123_INCLUDE})

# What checks the includes of every layer, and groups sources for a unity build.
find_program(RPE_AWK awk REQUIRED)
