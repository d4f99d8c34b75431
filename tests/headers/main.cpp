// The second unit of everything; that this program links is the test.
#include "all.hpp"

int main() {}
