# Writes OUTPUT with the revision of the checkout at SOURCE, if it differs from what is there.
set(revision "unknown")
if(GIT)
  # Of this checkout, whoever owns it, and not of a repository around it; nothing is written there.
  get_filename_component(around ${SOURCE} DIRECTORY)
  set(ENV{GIT_CEILING_DIRECTORIES} ${around})
  set(git ${GIT} -c safe.directory=* --no-optional-locks -C ${SOURCE})
  execute_process(COMMAND ${git} rev-parse --short=12 HEAD RESULT_VARIABLE status
                  OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(status EQUAL 0)
    set(revision ${head})
    # Only what goes into the binary counts: a new result or picture does not make the program another one.
    execute_process(COMMAND ${git} status --porcelain -- src CMakeLists.txt
                    OUTPUT_VARIABLE changes ERROR_QUIET)
    if(changes)
      string(APPEND revision "-dirty")
    endif()
  endif()
endif()
set(text "#define RPE_REVISION_TEXT \"${revision}\"\n")
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
