#include "runtime/keras/operations/families.hpp"

namespace keraunos::keras {
namespace {

template <BinaryFn fn>
std::vector<ValueId> import_binary(LayerCall& call) {
  return {call.binary(fn, call.float_input(0), call.float_input(1))};
}

constexpr std::array classes = {
    LayerClass{"Add", import_binary<BinaryFn::add>},
};

}  // namespace

const std::span<const LayerClass> elementwise_operations = classes;

}  // namespace keraunos::keras
