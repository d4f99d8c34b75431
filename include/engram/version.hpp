#pragma once
/// Version of the library, in step with CMakeLists.txt (a test compares them).
namespace engram {
inline constexpr const char* version = "0.1.0";
}
