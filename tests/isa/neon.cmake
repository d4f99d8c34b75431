# The same bits on NEON as on the machines with fused multiply-add here: cross-compiles state_hash.cpp and runs it under
# qemu. Debian: g++-aarch64-linux-gnu, qemu-user. xsimd and Eigen are headers, so those of this machine serve.
find_program(cxx aarch64-linux-gnu-g++)
find_program(qemu qemu-aarch64)
if(NOT cxx OR NOT qemu)
  message("SKIPPED: no aarch64-linux-gnu-g++ or no qemu-aarch64")
  return()
endif()
file(MAKE_DIRECTORY ${SCRATCH})
file(CREATE_LINK ${XSIMD}/xsimd ${SCRATCH}/xsimd SYMBOLIC)  # not all of /usr/include, which is another machine's
execute_process(COMMAND ${cxx} -std=c++20 -O1 -DNDEBUG -ffp-contract=off -fno-math-errno -fno-trapping-math -static -pthread
  -I${SOURCE}/include -isystem ${SCRATCH} -isystem ${EIGEN} ${SOURCE}/tests/isa/state_hash.cpp -o ${SCRATCH}/hash COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${qemu} ${SCRATCH}/hash OUTPUT_VARIABLE neon COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${OTHER} OUTPUT_VARIABLE other COMMAND_ERROR_IS_FATAL ANY)
message("NEON ${neon}here ${other}")
if(NOT neon STREQUAL other)
  message(FATAL_ERROR "NEON gives other bits")
endif()
