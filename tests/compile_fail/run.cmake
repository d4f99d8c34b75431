# FILE must not compile, its message must contain what it says it expects, and it must compile with -DCORRECT: so that it
# fails for the one reason it is there for. First lines of a file:
#   // expect: <regular expression>
#   // flags: <compiler flags>       (optional; left out when it must compile)
file(STRINGS ${FILE} expect REGEX "^// expect: " LIMIT_COUNT 1)
file(STRINGS ${FILE} flags REGEX "^// flags: " LIMIT_COUNT 1)
string(REPLACE "// expect: " "" expect "${expect}")
string(REPLACE "// flags: " "" flags "${flags}")
separate_arguments(flags UNIX_COMMAND "${flags}")
set(compile ${CXX} -std=c++20 -fsyntax-only -I${INCLUDE} -isystem ${EIGEN})

execute_process(COMMAND ${compile} -DCORRECT ${FILE} RESULT_VARIABLE failed ERROR_VARIABLE message)
if(failed)
  message(FATAL_ERROR "does not compile when it should:\n${message}")
endif()

execute_process(COMMAND ${compile} ${flags} ${FILE} RESULT_VARIABLE failed ERROR_VARIABLE message)
if(NOT failed)
  message(FATAL_ERROR "compiles, and should not")
endif()
string(LENGTH "${expect}" length)
if(length EQUAL 0 OR NOT message MATCHES "${expect}")
  message(FATAL_ERROR "the message does not match \"${expect}\":\n${message}")
endif()
string(REGEX MATCH "[^\n]*(${expect})[^\n]*" line "${message}")
message("${line}")
