# Installs engram from SOURCE into a prefix under SCRATCH, and builds and runs the foreign project beside this file with it
# (CONSUME = package), or takes SOURCE as a subproject (CONSUME = fetch).
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
set(common -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Release)
if(CONSUME STREQUAL "package")
  run(${CMAKE_COMMAND} -S ${SOURCE} -B ${SCRATCH}/engram ${common} -DENGRAM_TESTS=OFF -DENGRAM_EXAMPLES=OFF -DCMAKE_INSTALL_PREFIX=${SCRATCH}/prefix)
  run(${CMAKE_COMMAND} --install ${SCRATCH}/engram)
  set(where -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix)
else()
  set(where -DFETCHCONTENT_SOURCE_DIR_ENGRAM=${SOURCE})
endif()
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build ${common} -DCONSUME=${CONSUME} ${where})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${CMAKE_CTEST_COMMAND} --test-dir ${SCRATCH}/build --output-on-failure)
