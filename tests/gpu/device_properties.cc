#include <cudnn.h>
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

// Prints cuDNN's JSON description of GPU 0: what tests on machines without a GPU build plans for.
//
//   device_properties [/path/of/libcudnn.so.9]

namespace {

void check(cudnnStatus_t status, const char* call) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  throw std::runtime_error(std::string(call) + " returned " + std::to_string(status));
}

class Cudnn {
 public:
  explicit Cudnn(const char* path) : library_(dlopen(path, RTLD_NOW | RTLD_GLOBAL)) {
    if (library_ == nullptr) throw std::runtime_error(dlerror());
    load(create, "cudnnBackendCreateDescriptor");
    load(set, "cudnnBackendSetAttribute");
    load(finalize, "cudnnBackendFinalize");
    load(get, "cudnnBackendGetAttribute");
  }

  decltype(&cudnnBackendCreateDescriptor) create;
  decltype(&cudnnBackendSetAttribute) set;
  decltype(&cudnnBackendFinalize) finalize;
  decltype(&cudnnBackendGetAttribute) get;

 private:
  template <typename Function>
  void load(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr) throw std::runtime_error(dlerror());
  }

  void* library_;
};

std::string describe_device(const Cudnn& cudnn, std::int32_t device) {
  cudnnBackendDescriptor_t properties = nullptr;
  check(cudnn.create(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR, &properties), "creating a descriptor");
  check(cudnn.set(properties, CUDNN_ATTR_DEVICEPROP_DEVICE_ID, CUDNN_TYPE_INT32, 1, &device),
        "naming the device");
  check(cudnn.finalize(properties), "reading the device");
  std::int64_t length = 0;
  check(cudnn.get(properties, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, 0,
                  &length, nullptr),
        "asking for the length");
  std::vector<char> json(static_cast<std::size_t>(length) + 1);
  check(cudnn.get(properties, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, length,
                  &length, json.data()),
        "asking for the JSON");
  return json.data();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Cudnn cudnn(argc > 1 ? argv[1] : "libcudnn.so.9");
    std::puts(describe_device(cudnn, 0).c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
