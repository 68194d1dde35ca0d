#include "tests/gpu/cases.hpp"

namespace keraunos::gpu_check {

std::vector<NodeCase> all_cases() {
  Cases cases;
  add_windows(cases);
  add_products(cases);
  add_elements(cases);
  add_rows(cases);
  add_movement(cases);
  return cases.take();
}

}  // namespace keraunos::gpu_check
