#include <keraunos/keraunos.hpp>

#include <iostream>

int main(int, char** argv) try {
  keraunos::SessionOptions options;
  options.device = keraunos::Device::cpu;
  keraunos::Session session(keraunos::Model::load(argv[1]), options);

  const keraunos::Tensor image(keraunos::DType::float32, {1, 12, 12, 1});
  const auto outputs = session.run({{image.view()}});
  std::cout << "output " << keraunos::to_string(outputs[0].dims()) << "\n";
  return outputs[0].dims() == keraunos::Dims{1, 10} ? 0 : 1;
} catch (const keraunos::Error& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
