# Which kernel, method, map or measure it is, is asked where they are registered and nowhere else: looks at the sources below
# SOURCE/src, then at a copy of one line of each kind that is not allowed, planted in SCRATCH/src, all of which must be found.
#
# 1. position/NAME.h, RPE_NAME_..., rpe_NAME_of and rpe_kernel_type_NAME of a position with parameters of its own to show are for
#    src/position and for files called after it: its encoder and its planted faults.
# 2. A parameter by its place (own[0], own[GAIN]) is for the same.
# 3. A name of a registry, or the name of one of its entries, stands in a strcmp only where the registry is searched.
cmake_minimum_required(VERSION 3.22)

function(rpe_registered file macro result)
  file(STRINGS ${file} lines REGEX "^${macro}\\(")
  set(names "")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^${macro}\\(([a-z0-9_]+)[,)].*" "\\1" name "${line}")
    list(APPEND names ${name})
  endforeach()
  set(${result} ${names} PARENT_SCOPE)
endfunction()

rpe_registered(${SOURCE}/src/position/positions.def RPE_POSITION kernels)
rpe_registered(${SOURCE}/src/method/methods.def RPE_METHOD methods)
rpe_registered(${SOURCE}/src/attention/feature_maps.def RPE_FEATURE_MAP maps)
rpe_registered(${SOURCE}/src/quantity/measure/measures.def RPE_MEASURE measures)
set(searched method/method.c attention/map/feature_map.c quantity/measure/measure.c encoding/code.c)

# Positions whose parameters are shown to their encoders.
set(shown "")
foreach(kernel IN LISTS kernels)
  if(EXISTS ${SOURCE}/src/position/${kernel}.h)
    list(APPEND shown ${kernel})
  endif()
endforeach()
list(JOIN shown "|" shown_names)
string(TOUPPER "${shown_names}" shown_letters)
list(JOIN kernels "|" kernel_names)
set(names ${kernels} ${methods} ${maps} ${measures})
list(JOIN names "|" names)
string(REPLACE "_" "[_-]" names "${names}")

set(of_kernel "include \"position/(${shown_names})\\.h\"|rpe_(${shown_names})_of\\(|RPE_(${shown_letters})_|rpe_kernel_type_(${kernel_names})([^a-z_]|$)")
set(of_place "(->|\\.)own\\[([0-9]|[A-Z])")
set(of_name "str(case)?cmp\\(.*\"(${names})\"|str(case)?cmp\\(.*(method|oracle|type|kernel|map|measure)(s\\[i\\]|_at\\(i\\))?->name")

# Files called after a kernel; rotation.c is the encoder of rotary.
function(rpe_is_own path result)
  get_filename_component(stem ${path} NAME_WE)
  set(${result} FALSE PARENT_SCOPE)
  foreach(kernel IN LISTS shown)
    if(stem MATCHES "^${kernel}(_|$)" OR (kernel STREQUAL "rotary" AND path STREQUAL "method/rotation.c"))
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

function(rpe_questions folder result)
  file(GLOB_RECURSE sources RELATIVE ${folder} ${folder}/*.c ${folder}/*.h ${folder}/*.cpp ${folder}/*.hpp)
  set(found "")
  foreach(source IN LISTS sources)
    if(source MATCHES "^position/")
      continue()
    endif()
    rpe_is_own(${source} own)
    set(patterns "")
    if(NOT own)
      list(APPEND patterns of_kernel of_place)
    endif()
    if(NOT source IN_LIST searched)
      list(APPEND patterns of_name)
    endif()
    foreach(pattern IN LISTS patterns)
      file(STRINGS ${folder}/${source} lines REGEX "${${pattern}}")
      foreach(line IN LISTS lines)
        string(STRIP "${line}" line)
        list(APPEND found "${source}: ${line}")
      endforeach()
    endforeach()
  endforeach()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

rpe_questions(${SOURCE}/src found)
if(found)
  list(JOIN found "\n  " found)
  message(FATAL_ERROR "asks which kernel, method, map or measure it is; a hook or a number of its type is missing:\n  ${found}")
endif()

# One file a line; each must be found.
set(planted
  "#include \"position/sine.h\""
  "size_t taps = rpe_conv_of(kernel).taps"
  "bool sine = kernel->type == &rpe_kernel_type_sine"
  "const double *gain = kernel->own[2].values"
  "if (strcmp(kernel->type->name, text) == 0)"
  "if (strcmp(text, \"sine\") == 0)"
  "if (strcmp(method->name, method->oracle->name) == 0)"
  "return strcmp(name, \"favor-iid\") == 0"
  "return strcmp(\"score_error\", cell) == 0")
set(number 0)
foreach(line IN LISTS planted)
  math(EXPR number "${number} + 1")
  file(REMOVE_RECURSE ${SCRATCH})
  file(WRITE ${SCRATCH}/src/theory/planted.c "${line}\n")
  rpe_questions(${SCRATCH}/src found)
  if(NOT found)
    message(FATAL_ERROR "planted and not found: ${line}")
  endif()
endforeach()
# What belongs to a kernel is not complained of.
file(REMOVE_RECURSE ${SCRATCH})
file(WRITE ${SCRATCH}/src/encoding/sine_real.c "#include \"position/sine.h\"\n")
rpe_questions(${SCRATCH}/src found)
if(found)
  message(FATAL_ERROR "an encoder reads its own kernel: ${found}")
endif()
