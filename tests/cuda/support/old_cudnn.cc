#include <cstddef>

// A libcudnn.so.9 that says it is cuDNN 9.1.0 and can do nothing.

#pragma GCC visibility push(default)
extern "C" {
std::size_t cudnnGetVersion() { return 90100; }
const char* cudnnGetErrorString(int) { return ""; }
int cudnnCreate(void**) { return 1; }
int cudnnDestroy(void*) { return 1; }
int cudnnSetStream(void*, void*) { return 1; }
}
#pragma GCC visibility pop
